/** What is shown of a secret: nothing, but for a few characters that all of its kind begin with. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { excerptOf } from '../../../src/safety/excerpt.js'
import { tokenShapes } from '../../../src/safety/filters/secrets/tokens.js'
import { maskedFindings, secretMask } from '../../../src/safety/maskedFindings.js'
import type { Finding } from '../../../src/tasks/verdict.js'
import { tokenOf } from './generated.js'

const prefixesOf = (id: string) => tokenShapes.find(({ rule }) => rule.id === id)?.rule.prefixes ?? []

const findingAt = (text: string, piece: string, reason: Finding['reason'], rule: string): Finding => {
  const start = text.indexOf(piece)
  const end = start + piece.length
  return { reason, rule, path: '/a', start, end, excerpt: excerptOf(text, { start, end }) }
}

const excerptsOf = (findings: readonly Finding[]) => {
  const secrets = findings.filter(({ reason }) => reason === 'SECRET')
  return maskedFindings(findings, secrets, prefixesOf).map(({ excerpt }) => excerpt)
}

const token = `ghp_${'n0tAR3alT0ken4Anyb0dy'.repeat(2)}`

describe('excerpts', () => {
  test('[SC10] a secret shows the first characters of its vendor at most', () => {
    const text = `the token is ${token}, keep it`
    expect(excerptsOf([findingAt(text, token, 'SECRET', 'secret.github-pat')])).toEqual([
      `the token is ghp_${secretMask}, keep it`,
    ])
    expect(excerptsOf([findingAt(text, token, 'SECRET', 'secret.assignment')])).toEqual([
      `the token is ${secretMask}, keep it`,
    ])
  })

  test('[SC10] of what only reads as a secret, what was sent is covered', () => {
    const encoded = Buffer.from(token).toString('base64')
    const text = `see ${encoded}`
    expect(excerptsOf([findingAt(text, encoded, 'SECRET', 'secret.github-pat')])).toEqual([`see ${secretMask}`])
  })

  test('[SC11] what is found beside a secret doesn’t show it', () => {
    const text = `password=${token} and more`
    const findings = [
      findingAt(text, 'password', 'SENSITIVE_KEYWORD', 'keyword.password'),
      findingAt(text, token, 'SECRET', 'secret.github-pat'),
      { ...findingAt(text, 'password', 'SENSITIVE_KEYWORD', 'keyword.password'), path: '/b' },
    ]
    const [keyword, , elsewhere] = excerptsOf(findings)
    expect(keyword).toBe(`password=ghp_${secretMask}`)
    expect(elsewhere).toContain(token.slice(0, 20))
  })

  test('[SC11] a key and its value are told apart; a place that isn’t exact shows nothing', () => {
    const text = `x ${token}`
    const inValue = findingAt(text, token, 'SECRET', 'secret.github-pat')
    const inKey = { ...findingAt(text, 'x', 'PII', 'pii.x'), inKey: true as const }
    expect(excerptsOf([inValue, inKey])[1]).toBe(text.slice(0, inKey.excerpt.length - 1).concat('…'))
    const { start: _, end: __, ...inexact } = inValue
    expect(excerptsOf([inexact])).toEqual([secretMask])
  })

  test('[SC11] where not all secrets are known, no text shows', () => {
    const finding = findingAt('password: x', 'password', 'SENSITIVE_KEYWORD', 'keyword.password')
    const whole: Finding = {
      reason: 'LOW_CONFIDENCE',
      rule: 'confidence.threshold',
      path: '',
      excerpt: 'confidence: 0',
    }
    expect(maskedFindings([finding, whole], undefined, prefixesOf).map(({ excerpt }) => excerpt)).toEqual([
      secretMask,
      'confidence: 0',
    ])
  })

  test('[SC12] wherever secrets stand in a text, no excerpt holds five characters of one beyond its prefix', () => {
    const shapes = tokenShapes.filter(({ before }) => before === undefined)
    const one = fc.constantFrom(...shapes).chain((shape) => fc.tuple(fc.constant(shape.rule.id), tokenOf(shape)))
    const filler = fc.string({ unit: fc.constantFrom(' ', '.', '\u0000', 'é', '🙂'), maxLength: 40 })
    fc.assert(
      fc.property(fc.array(fc.tuple(filler, one), { minLength: 1, maxLength: 5 }), filler, (parts, last) => {
        const text = parts.map(([before, [, secret]]) => `${before} ${secret} `).join('') + last
        let from = 0
        const secrets = parts.map(([, [rule, secret]]): Finding => {
          const start = text.indexOf(secret, from)
          from = start + secret.length
          return { reason: 'SECRET', rule, path: '', start, end: from, excerpt: excerptOf(text, { start, end: from }) }
        })
        for (const { excerpt } of maskedFindings(secrets, secrets, prefixesOf)) {
          for (const [, [, secret]] of parts) {
            for (let i = 0; i + 5 <= secret.length; i += 1) expect(excerpt).not.toContain(secret.slice(i, i + 5))
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
