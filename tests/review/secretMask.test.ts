/** What of an output is hidden, beyond the places that its findings name. */
import { describe, expect, it } from 'vitest'
import { mask, maskingOf, withMaskedPaths } from '../../src/review/secretMask.js'
import type { Finding } from '../../src/tasks/verdict.js'

const secretAt = (path: string, start: number, end: number): Finding => ({
  reason: 'SECRET',
  rule: 'secret.github-pat',
  path,
  start,
  end,
  excerpt: mask,
})

const masked = (output: unknown, findings: readonly Finding[], shown: unknown = structuredClone(output)) => {
  const masking = maskingOf(() => output, findings)
  return masking === null ? shown : masking(shown)
}

describe('masks', () => {
  it('[SC13] hide a secret that is the name of a field, in the places of findings too', () => {
    const name = 'tok/12~345'
    const output = { [name]: { a: 'my password' } }
    const findings = [
      { ...secretAt('/tok~112~0345', 0, 10), inKey: true },
      { ...secretAt('/tok~112~0345/a', 3, 11), reason: 'PII' as const },
    ]
    const shown = withMaskedPaths(
      findings,
      maskingOf(() => output, findings),
    )
    expect(shown.map(({ path }) => path)).toEqual([`/${mask}`, `/${mask}/a`])
    expect(withMaskedPaths(findings, null)).toBe(findings)
  })

  it('[SC13] hide everything where there may be secrets that no finding names', () => {
    const findings = Array.from({ length: 64 }, () => secretAt('/a', 0, 9))
    expect(masked({ a: 'tok_12345', b: 'other' }, findings)).toBe(mask)
    expect(masked({ a: 'tok_12345', b: 'other' }, findings.slice(1))).toEqual({ a: mask, b: 'other' })
  })

  it.each(['gate.policy', 'gate.reading', 'gate.secrets'])(
    '[SC13] hide everything where the look for secrets failed: %s',
    (rule) => {
      const fault: Finding = { reason: 'GATE_ERROR', rule, path: '', excerpt: 'it failed' }
      expect(masked({ a: 'tok_12345' }, [fault])).toBe(mask)
      expect(masked({ a: 'plain' }, [{ ...fault, rule: 'gate.keyword' }])).toEqual({ a: 'plain' })
    },
  )

  it('[SC14] hide a binary that holds one whole, however its text was read', () => {
    const wide = Buffer.from('\ufefftok_12345', 'utf16le')
    const noisy = Buffer.from([0xff, 0xd8, ...Buffer.from('tok_12345'), 0xfe])
    expect(masked({ a: wide, b: 'x' }, [secretAt('/a', 0, 9)])).toEqual({ a: mask, b: 'x' })
    expect(masked({ a: noisy }, [secretAt('/a', 2, 11)], { a: noisy, c: 'tok_12345' })).toEqual({ a: mask, c: mask })
  })

  it('[SC14] hide everything where a piece of a secret is too short to be told from other text', () => {
    const pieces = [secretAt('/0', 0, 1), secretAt('/1', 0, 9)]
    expect(masked(['t', 'ok_123456'], pieces)).toBe(mask)
  })
})
