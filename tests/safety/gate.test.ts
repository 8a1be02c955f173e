import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Filter } from '../../src/safety/filters/filter.js'
import { createGate, filtersOf } from '../../src/safety/gate.js'
import { defaultPolicy, type GatePolicy, makePolicy } from '../../src/safety/policy.js'
import type { Said, Verdict } from '../../src/tasks/verdict.js'

const gate = createGate(() => defaultPolicy)

function result(value: unknown, confidence: unknown = 1): Said {
  return { tenant: 't_test', queue: 'mail', kind: 'result', value, confidence }
}

function nested(depth: number, innermost: unknown): unknown {
  let value = innermost
  for (let i = 0; i < depth; i += 1) value = i % 2 === 0 ? [value] : { k: value }
  return value
}

function expectHeld(verdict: Verdict, reason: string): Extract<Verdict, { kind: 'hold' }> {
  if (verdict.kind !== 'hold') throw new Error('it passed')
  expect(verdict.reason).toBe(reason)
  return verdict
}

describe('confidence', () => {
  test.each([0.7, 0.71, 1])('[S6] [T004] a confidence of %d passes', (confidence) => {
    expect(gate.judge(result('fine', confidence))).toEqual({ kind: 'pass', policyVersion: defaultPolicy.version })
  })

  test.each([
    0.65,
    0.6999999,
    0,
    -0,
    Number.NaN,
    -0.1,
    1.01,
    Number.POSITIVE_INFINITY,
    '0.9',
    '',
    null,
    undefined,
    true,
    1n,
    [0.9],
    { valueOf: () => 1 },
    Symbol('1'),
    () => 1,
  ])('[S6] [T004] a confidence of %s is held', (confidence) => {
    for (const kind of ['result', 'action'] as const) {
      const verdict = expectHeld(gate.judge({ ...result('fine'), kind, confidence }), 'LOW_CONFIDENCE')
      expect(verdict).toMatchObject({ severity: 'normal', findings: [{ rule: 'confidence.threshold', path: '' }] })
    }
  })

  test('[S6] none given at all is held', () => {
    expectHeld(gate.judge({ tenant: 't_test', queue: 'mail', kind: 'result', value: 1 }), 'LOW_CONFIDENCE')
  })

  test('[S6] text has no confidence to be judged by', () => {
    expect(gate.judge({ tenant: 't_test', queue: 'mail', kind: 'text', value: 'timed out', confidence: 0 }).kind).toBe(
      'pass',
    )
  })

  test('[S6] a threshold that is no number holds everything', () => {
    const odd = createGate(() => makePolicy({ confidenceThreshold: Number.NaN }))
    expectHeld(odd.judge(result('fine')), 'LOW_CONFIDENCE')
  })
})

describe('verdict', () => {
  test('[S7] the weightiest reason leads, and the details name all of them', () => {
    const verdict = expectHeld(gate.judge(result({ password: 'my ssn, your SSN' }, 0.2)), 'SENSITIVE_KEYWORD')
    expect(verdict.severity).toBe('high')
    expect(verdict.findings.map(({ rule }) => rule)).toEqual([
      'keyword.password',
      'keyword.ssn',
      'keyword.ssn',
      'confidence.threshold',
    ])
    expect(verdict.details).toBe(
      'Held: it says "password"; it says "SSN" in 2 places; its confidence (0.2) is below 0.7.',
    )
  })

  test('[S7] at most 64 findings, one of each rule among them, and the details say how many there were', () => {
    const verdict = expectHeld(gate.judge(result(`${'ssn '.repeat(1_000)} delete all`, 0.1)), 'SENSITIVE_KEYWORD')
    expect(verdict.findings).toHaveLength(64)
    expect(new Set(verdict.findings.map(({ rule }) => rule)).size).toBe(3)
    expect(verdict.details).toContain('64 of 1002 places are listed')
  })

  test('[S7] a verdict stays small, however long names and texts are', () => {
    const long = 'n'.repeat(5_000)
    const verdict = expectHeld(
      gate.judge(result({ [long]: Array(100).fill(`${long} password${' '.repeat(200)} ${long}`) })),
      'SENSITIVE_KEYWORD',
    )
    expect(verdict.findings[0]?.path).toBe('')
    expect(verdict.findings[0]?.start).toBeUndefined()
    expect(JSON.stringify(verdict).length).toBeLessThan(32_000)
  })

  test('[S7] an excerpt can be shown in a terminal', () => {
    const verdict = expectHeld(gate.judge(result('\u001b[2J password\u0007 \ud800')), 'SENSITIVE_KEYWORD')
    expect(verdict.findings[0]).toMatchObject({ start: 5, end: 13, excerpt: '\ufffd[2J password\ufffd \ufffd' })
  })

  test('[S7] the version is a hash of what can change a verdict', () => {
    expect(defaultPolicy.version).toMatch(/^p_[0-9a-f]{16}$/)
    expect(makePolicy().version).toBe(defaultPolicy.version)
    expect(makePolicy({ confidenceThreshold: 0.8 }).version).not.toBe(defaultPolicy.version)
    expect(makePolicy({ keywords: [{ phrase: 'merger', match: 'word' }] }).version).not.toBe(defaultPolicy.version)
  })
})

describe('failing closed', () => {
  const broken = (kind: Filter['kind'], fault: unknown): Filter => ({
    kind,
    name: 'broken',
    rules: [],
    views: ['raw'],
    look() {
      throw fault
    },
  })
  const unreadableFault = {
    toString() {
      throw new Error('no')
    },
  }

  test.each([
    ['an error', new Error('out of order')],
    ['a text', 'out of order'],
    ['nothing', undefined],
    ['what can’t be read', unreadableFault],
    ['a half character', '\ud800'],
  ])('[S8] a filter that throws %s holds, and the others are heard', (_, fault) => {
    for (const kind of ['said', 'text'] as const) {
      const faulty = createGate(
        () => defaultPolicy,
        (policy) => [broken(kind, fault), ...filtersOf(policy)],
      )
      const clean = expectHeld(faulty.judge(result(['fine', 'fine'])), 'GATE_ERROR')
      expect(clean.severity).toBe('high')
      expect(clean.details).toContain('broken')
      const both = expectHeld(faulty.judge(result(['fine', 'my password'], 0)), 'GATE_ERROR')
      expect(both.findings.map(({ rule }) => rule)).toEqual(['gate.broken', 'keyword.password', 'confidence.threshold'])
    }
  })

  test('[S8] no policy, a policy that can’t be had, and one that can’t be used hold', () => {
    const unusable: GatePolicy = { ...makePolicy(), keywords: [{ phrase: '…', match: 'anywhere' }] }
    const gates = [
      createGate(() => undefined),
      createGate(() => {
        throw new Error('not loaded')
      }),
      createGate(() => unusable),
      createGate(
        () => defaultPolicy,
        () => {
          throw new Error('no filters')
        },
      ),
    ]
    for (const each of gates) expectHeld(each.judge(result('fine')), 'GATE_ERROR')
    expect(gates[0]?.judge(result('fine')).policyVersion).toBe('none')
  })

  test.each([
    ['a date', new Date(0)],
    ['a function', () => 'password'],
    ['a symbol', Symbol('x')],
    [
      'an instance',
      new (class Card {
        text = 'x'
      })(),
    ],
    ['a set', new Set(['x'])],
    ['an integer over 64 bits', 2n ** 64n],
    ['a map whose names are maps', new Map([[new Map(), 1]])],
    [
      'a value that throws when it is read',
      {
        get trap() {
          throw new Error('trap')
        },
      },
    ],
  ])('[S8] %s is held', (_, value) => {
    expectHeld(gate.judge(result({ in: [value] })), 'GATE_ERROR')
  })

  test('[S9] a depth of 10,000 is judged, one more is held', () => {
    expect(gate.judge(result(nested(10_000, 'fine'))).kind).toBe('pass')
    expectHeld(gate.judge(result(nested(10_000, 'my password'))), 'SENSITIVE_KEYWORD')
    expect(expectHeld(gate.judge(result(nested(10_001, 'fine'))), 'GATE_ERROR').details).toContain('10000 levels')
    expectHeld(gate.judge(result(nested(1_000_000, 'fine'))), 'GATE_ERROR')
  })

  test('[S9] more text and more values than the policy lets be read are held', () => {
    expectHeld(gate.judge(result('a'.repeat(1_048_577))), 'GATE_ERROR')
    expectHeld(gate.judge(result(Array(100_000).fill(0))), 'GATE_ERROR')
    const keys = Object.fromEntries(Array.from({ length: 1_000_000 }, (__, i) => [`k${i}`, i]))
    expectHeld(gate.judge(result(keys)), 'GATE_ERROR')
  })

  test.each([
    ['1 MiB of one letter', 'a'.repeat(1_048_576), 'pass'],
    ['1 MiB of a keyword’s first letter', 'p'.repeat(1_048_576), 'pass'],
    ['a keyword with 1 MiB of gap', `delete${' '.repeat(1_048_000)}all`, 'hold'],
    ['starts of keywords, with gaps', 'p a s s w o r '.repeat(70_000), 'pass'],
    [
      'starts of keywords, with growing gaps',
      Array.from({ length: 1_400 }, (_, i) => `override${' '.repeat(i)}`).join(''),
      'pass',
    ],
    ['letters that expand', '\ufdfa'.repeat(349_000), 'pass'],
    ['marks on one letter', `a${'\u0301'.repeat(1_000_000)}`, 'pass'],
    ['lone surrogates', '\ud800\udc00\ud800'.repeat(100_000), 'pass'],
    ['lone surrogates in a keyword', 'pass\udc00word\ud800', 'hold'],
    ['a megabyte of invisible characters in a keyword', `pass${'\u200b'.repeat(1_000_000)}word`, 'hold'],
    ['mixed scripts', 'аβγद中한🙂a\u0301'.repeat(50_000), 'pass'],
  ])('[S9] %s gets a verdict', (_, text, kind) => {
    expect(gate.judge(result(text)).kind).toBe(kind)
  })

  test('[S9] whatever is said, and with whatever confidence, there is a verdict', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: true,
    })
    fc.assert(
      fc.property(anything, anything, (value, confidence) => {
        const verdict = gate.judge({ ...result(value), confidence })
        if (verdict.kind === 'pass') expect(confidence).toBeGreaterThanOrEqual(0.7)
        else expect(verdict.findings.length).toBeGreaterThan(0)
      }),
      { numRuns: 1_000 },
    )
  })

  test('[S9] names that mean something to JavaScript are names', () => {
    const odd: unknown = JSON.parse(
      '{"__proto__": {"constructor": "fine"}, "toString": "fine", "toJSON": 1, "length": 2}',
    )
    expect(gate.judge(result(odd)).kind).toBe('pass')
    expectHeld(gate.judge(result(JSON.parse('{"__proto__": {"a": "my password"}}'))), 'SENSITIVE_KEYWORD')
  })
})
