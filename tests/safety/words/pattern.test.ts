import { describe, expect, test } from 'vitest'
import {
  compilePattern,
  compilePatterns,
  type PatternTerms,
  patternFilters,
} from '../../../src/safety/filters/pattern.js'
import { createGate } from '../../../src/safety/gate.js'
import { defaultPolicy } from '../../../src/safety/policy.js'
import type { Verdict } from '../../../src/tasks/verdict.js'

function judge(terms: readonly PatternTerms[], value: unknown): Verdict {
  const compiled = compilePatterns(terms)
  if (compiled.kind === 'refused') throw new Error(compiled.reason)
  const filters = patternFilters(compiled.patterns)
  const gate = createGate(
    () => defaultPolicy,
    () => filters,
  )
  return gate.judge({ tenant: 't_test', queue: 'mail', kind: 'text', value })
}

const aurora: PatternTerms = { name: 'aurora', pattern: 'project\\s+aurora', flags: 'i', severity: 'low' }
const order: PatternTerms = { name: 'order', pattern: '\\bORD-[0-9]{6}\\b' }

describe('own patterns', () => {
  test('[WD5] what matches is held under the pattern’s name, with the place', () => {
    const verdict = judge([aurora, order], { note: 'see Project  Aurora, ORD-123456' })
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'POLICY', severity: 'normal' })
    expect(verdict.kind === 'hold' && verdict.findings).toMatchObject([
      { rule: 'pattern.aurora', path: '/note', start: 4, end: 19 },
      { rule: 'pattern.order', path: '/note', start: 21, end: 31 },
    ])
    expect(judge([aurora], 'project aurora')).toMatchObject({ severity: 'low' })
    expect(judge([aurora, order], 'ord-123456, aurora').kind).toBe('pass')
  })

  test('[WD5] it is read in the views of words, or byte by byte where the policy says so', () => {
    const wide = 'ｐｒｏｊｅｃｔ ａｕｒｏｒａ'
    expect(judge([aurora], wide).kind).toBe('hold')
    expect(judge([{ ...aurora, views: ['raw'] }], wide).kind).toBe('pass')
    expect(judge([{ ...aurora, views: ['raw'] }, order], 'project aurora').kind).toBe('hold')
    expect(judge([{ ...aurora, views: ['squeezed'] }], 'project aurora').kind).toBe('hold')
  })

  test.each([
    [{ name: 'a b', pattern: 'a' }, '/name', 'lower-case'],
    [{ name: '', pattern: 'a' }, '/name', 'lower-case'],
    [{ name: 'x', pattern: '(' }, '/pattern', 'missing closing'],
    [{ name: 'x', pattern: 'a(?=b)' }, '/pattern', '(?='],
    [{ name: 'x', pattern: '(a)\\1' }, '/pattern', 'escape'],
    [{ name: 'x', pattern: '' }, '/pattern', 'empty'],
    [{ name: 'x', pattern: 'a*' }, '/pattern', 'empty'],
    [{ name: 'x', pattern: 'a'.repeat(513) }, '/pattern', '512'],
    [{ name: 'x', pattern: '(?:[a-z]{1,900}){1,1000}' }, '/pattern', 'too large'],
    [{ name: 'x', pattern: '[a-z0-9]{900}[b-y]{900}[c-x]{900}' }, '/pattern', 'instructions'],
    [{ name: 'x', pattern: 'a', flags: 'g' }, '/flags', 'i, m and s'],
    [{ name: 'x', pattern: 'a', flags: 'ii' }, '/flags', 'once'],
    [{ name: 'x', pattern: 'a', views: [] }, '/views', 'at least one'],
  ] satisfies [PatternTerms, string, string][])('[WD6] %j is refused at %s', (terms, path, reason) => {
    const refused = compilePattern(terms)
    expect(refused).toMatchObject({ kind: 'refused', path })
    expect(refused.kind === 'refused' && refused.reason).toContain(reason)
  })

  test('[WD6] too many, two of a name, and too much in all are refused with which one', () => {
    const many = Array.from({ length: 65 }, (_, i) => ({ name: `p${i}`, pattern: 'a' }))
    expect(compilePatterns(many)).toMatchObject({ kind: 'refused', path: '' })
    expect(compilePatterns([aurora, aurora])).toMatchObject({ kind: 'refused', path: '/1/name' })
    expect(compilePatterns([aurora, { name: 'x', pattern: '(' }])).toMatchObject({ path: '/1/pattern' })
    const large = Array.from({ length: 3 }, (_, i) => ({ name: `p${i}`, pattern: `[a-c]{${900 + i}}` }))
    expect(compilePatterns(large)).toMatchObject({ kind: 'refused', path: '/2/pattern' })
  })

  test('[WD6] whatever matches everywhere is told a bounded number of times, and no text stalls', () => {
    const hostile = [
      { name: 'a', pattern: '(a|aa)+$' },
      { name: 'b', pattern: '(x+x+)+y' },
      { name: 'c', pattern: '(.*a){20}b' },
      { name: 'd', pattern: 'a' },
    ]
    const verdict = judge(hostile, 'aaax'.repeat(65_536))
    expect(verdict.kind === 'hold' && verdict.findings.length).toBeLessThanOrEqual(64)
  })
})
