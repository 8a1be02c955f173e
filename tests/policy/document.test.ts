/** Policies as their authors write them: what is taken, what is refused and where, and what the gate makes of them. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogue, catalogueVersion } from '../../src/safety/catalogue.js'
import { createGate, filtersOf } from '../../src/safety/gate.js'
import { readPolicy, readPolicyText, type TenantPolicy } from '../../src/safety/policy/document.js'
import { drawBy } from '../../src/safety/policy/sample.js'
import { defaultPolicy } from '../../src/safety/policy.js'
import type { Said, Verdict } from '../../src/tasks/verdict.js'
import { noon } from '../tasks/world.js'

const read = (document: unknown): TenantPolicy => {
  const reading = readPolicy(document)
  if (reading.kind === 'refused') throw new Error(`${reading.path}: ${reading.reason}`)
  return reading.policy
}

const judge = (document: unknown, value: unknown, said: Partial<Said> = {}): Verdict =>
  createGate(({ queue }) => read(document).forQueue(queue)).judge({
    tenant: 't_acme',
    queue: 'mail',
    kind: 'result',
    value,
    confidence: 1,
    of: { task: 'a', turn: 1 },
    at: noon,
    ...said,
  })

const rulesIn = (verdict: Verdict): readonly string[] =>
  verdict.kind === 'pass' ? [] : [...new Set(verdict.findings.map(({ rule }) => rule))]

const tomorrow = new Date(noon + 86_400_000).toISOString()

describe('a policy that is wrong', () => {
  const allow = { rule: 'keyword.project-lyra', text: 'x', until: '2027-01-01', why: 'tests' }
  const keywords = ['Project Lyra']
  test.each([
    ['no map', [], '', 'a map'],
    [
      'an unknown field, with what may have been meant',
      { confidenceTreshold: 1 },
      '/confidenceTreshold',
      'confidenceThreshold',
    ],
    ['a threshold over 1', { confidenceThreshold: 1.1 }, '/confidenceThreshold', '0 to 1'],
    ['a threshold that is a text', { confidenceThreshold: '0.5' }, '/confidenceThreshold', 'a number'],
    [
      'an unknown rule, with near ones',
      { rules: { 'confidence.treshold': 'off' } },
      '/rules/confidence.treshold',
      'confidence.threshold',
    ],
    [
      'a rule switched to nothing',
      { rules: { 'confidence.threshold': 'none' } },
      '/rules/confidence.threshold',
      'on, off',
    ],
    ['a seed rule switched off', { rules: { 'keyword.password': 'off' } }, '/rules/keyword.password', 'seed'],
    [
      'a seed rule switched off in a queue',
      { queues: { mail: { rules: { 'keyword.pii': 'off' } } } },
      '/queues/mail/rules/keyword.pii',
      'seed',
    ],
    ['a fault switched off', { rules: { 'gate.policy': 'off' } }, '/rules/gate.policy', 'fault'],
    ['a fault allowed', { allow: [{ ...allow, rule: 'gate.reading' }] }, '/allow/0/rule', 'fault'],
    ['a seed rule allowed', { allow: [{ ...allow, rule: 'keyword.password' }] }, '/allow/0/rule', 'seed'],
    ['an allowance without an end', { keywords, allow: [{ ...allow, until: undefined }] }, '/allow/0/until', 'a time'],
    [
      'an allowance whose end is no day',
      { keywords, allow: [{ ...allow, until: '2027-13-01' }] },
      '/allow/0/until',
      'a time',
    ],
    ['an allowance without a reason', { keywords, allow: [{ ...allow, why: '' }] }, '/allow/0/why', 'a text'],
    ['an allowance of everything', { keywords, allow: [{ ...allow, text: undefined }] }, '/allow/0', 'too much'],
    [
      'an allowance with a broken pointer',
      { keywords, allow: [{ ...allow, path: 'a/b' }] },
      '/allow/0/path',
      'JSON pointer',
    ],
    ['an allowance with half a hash', { keywords, allow: [{ ...allow, sha256: 'abc' }] }, '/allow/0/sha256', '64 hex'],
    ['an unknown word list', { words: { germann: 'off' } }, '/words/germann', 'german'],
    ['a keyword without a letter', { keywords: ['…'] }, '/keywords/0', 'no letter'],
    ['a keyword found how', { keywords: [{ phrase: 'x', match: 'maybe' }] }, '/keywords/0/match', 'anywhere'],
    ['too many keywords', { keywords: Array.from({ length: 1_001 }, () => 'x') }, '/keywords', '1000'],
    [
      'a pattern that can’t be compiled',
      { patterns: [{ name: 'a', pattern: '(' }] },
      '/patterns/0/pattern',
      'missing closing',
    ],
    [
      'a pattern that looks behind',
      { patterns: [{ name: 'a', pattern: '(?<=a)b' }] },
      '/patterns/0/pattern',
      'invalid',
    ],
    ['a pattern without a name', { patterns: [{ pattern: 'a' }] }, '/patterns/0/name', 'a text'],
    [
      'a pattern in a view that there isn’t',
      { patterns: [{ name: 'a', pattern: 'a', views: ['upside-down'] }] },
      '/patterns/0/views/0',
      'raw',
    ],
    [
      'two patterns of one name',
      { patterns: [{ name: 'a', pattern: 'a' }], queues: { q: { patterns: [{ name: 'a', pattern: 'b' }] } } },
      '/queues/q/patterns/0/name',
      'this name',
    ],
    [
      'a schema that is none',
      { queues: { q: { schema: { type: 'strnig' } } } },
      '/queues/q/schema/type',
      'allowed values',
    ],
    ['a sample over 100', { samplePercent: 101 }, '/samplePercent', '0 to 100'],
    ['half a reviewer', { approvals: { high: 1.5 } }, '/approvals/high', 'integer'],
    ['a deadline under a second', { reviewMs: { high: 999 } }, '/reviewMs/high', 'an integer from 1000'],
    ['a deadline after a year', { reviewMs: { low: 31_536_000_001 } }, '/reviewMs/low', '31536000000'],
    ['a deadline that is a text', { reviewMs: { low: '4h' } }, '/reviewMs/low', 'an integer'],
    ['one deadline for all', { reviewMs: 60_000 }, '/reviewMs', 'a map'],
    ['a deadline of no severity', { queues: { q: { reviewMs: { hihg: 1_000 } } } }, '/queues/q/reviewMs/hihg', 'high'],
    ['a reveal that is neither', { reveal: false }, '/reveal', 'on, off'],
    ['a severity nobody knows', { severities: { PII: 'enormous' } }, '/severities/PII', 'low, normal, high'],
    ['a reason nobody knows', { severities: { PIII: 'low' } }, '/severities/PIII', 'PII'],
    ['a limit that lets more be read', { limits: { depth: 10_001 } }, '/limits/depth', '10000'],
    ['a queue within a queue', { queues: { mail: { queues: {} } } }, '/queues/mail/queues', 'no such field'],
    ['a queue that none can be called', { queues: { 'a b': {} } }, '/queues/a b', 'name'],
    ['a path that needs escapes', { queues: { 'a/~b': {} } }, '/queues/a~1~0b', 'name'],
  ])('[PO1] is refused whole, with path and reason: %s', (_, document, path, reason) => {
    const reading = readPolicy(JSON.parse(JSON.stringify(document)))
    expect(reading).toMatchObject({ kind: 'refused', path, reason: expect.stringContaining(reason) })
  })

  test('[PO1] that is no JSON, or too large, is refused', () => {
    expect(readPolicyText('{')).toMatchObject({ kind: 'refused', path: '', reason: expect.stringContaining('JSON') })
    expect(readPolicyText(JSON.stringify({ keywords: ['x'.repeat(300_000)] }))).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('262144 bytes'),
    })
  })

  test('[PO1] whatever JSON it is, it is read or refused with a path, and nothing is thrown', () => {
    const names = fc.constantFrom(
      'rules',
      'queues',
      'keywords',
      'allow',
      'words',
      'limits',
      'approvals',
      '__proto__',
      'mail',
    )
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 0, 0.5, -1, '', 'on', 'off', 'password'),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(names, tie('json'), { maxKeys: 4 }),
      ),
    }))
    fc.assert(
      fc.property(json, (document) => {
        const reading = readPolicyText(JSON.stringify(document))
        if (reading.kind === 'refused') expect(reading.path === '' || reading.path.startsWith('/')).toBe(true)
        else expect(reading.policy.version).toMatch(/^p_[0-9a-f]{16}$/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a version', () => {
  test('[PO2] is the same for what says the same, in whatever order, and another for all else', () => {
    const a = read({ samplePercent: 1, queues: { mail: { keywords: ['a'] }, web: {} } }).version
    expect(read({ queues: { web: {}, mail: { keywords: ['a'] } }, samplePercent: 1 }).version).toBe(a)
    expect(read({ queues: { web: {}, mail: { keywords: ['b'] } }, samplePercent: 1 }).version).not.toBe(a)
  })

  test('[PO2] of a policy that says nothing is the default’s, and all its queues have it', () => {
    const policy = read({ queues: { mail: {} } })
    expect(read({}).version).toBe(defaultPolicy.version)
    expect(policy.forQueue('mail').version).toBe(policy.version)
    expect(policy.forQueue('web').version).toBe(policy.version)
  })

  test('[PO2] depends on the rules: each of them, and what it says of itself', () => {
    const rules = [...catalogue().values()]
    expect(catalogueVersion()).toMatch(/^[0-9a-f]{64}$/)
    expect(rules.map(({ id }) => id)).toContain('keyword.password')
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
    for (const filter of filtersOf(defaultPolicy)) {
      if (filter.kind === 'text') for (const rule of filter.rules) expect(catalogue().has(rule.id)).toBe(true)
    }
  })
})

describe('what a policy says', () => {
  test('[PO3] of a queue goes before what it says of the tenant, list by list and rule by rule', () => {
    const document = {
      confidenceThreshold: 0.9,
      keywords: ['merger'],
      queues: { mail: { confidenceThreshold: 0.5, keywords: ['acquisition'] } },
    }
    expect(judge(document, 'fine', { confidence: 0.6 }).kind).toBe('pass')
    expect(judge(document, 'fine', { confidence: 0.6, queue: 'web' }).kind).toBe('hold')
    expect(rulesIn(judge(document, 'the merger, an acquisition'))).toEqual(['keyword.merger', 'keyword.acquisition'])
    expect(rulesIn(judge(document, 'the merger, an acquisition', { queue: 'web' }))).toEqual(['keyword.merger'])
  })

  test('[PO3] switches rules off, on again in a queue, and weighs them', () => {
    const document = {
      keywords: ['merger'],
      rules: { 'keyword.merger': 'off', 'keyword.password': 'low' },
      queues: { web: { rules: { 'keyword.merger': 'normal' } } },
    }
    expect(judge(document, 'the merger').kind).toBe('pass')
    expect(judge(document, 'the merger', { queue: 'web' })).toMatchObject({ kind: 'hold', severity: 'normal' })
    expect(judge(document, 'my password')).toMatchObject({ kind: 'hold', severity: 'low' })
  })

  test('[PO3] has patterns of its own, which are rules like any', () => {
    const patterns = [{ name: 'ticket', pattern: 'TCK-[0-9]{4}', severity: 'low' }]
    const verdict = judge({ patterns }, 'see TCK-4711')
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'POLICY', severity: 'low' })
    expect(rulesIn(verdict)).toEqual(['pattern.ticket'])
    expect(judge({ patterns, queues: { mail: { rules: { 'pattern.ticket': 'off' } } } }, 'see TCK-4711').kind).toBe(
      'pass',
    )
    const allow = [{ rule: 'pattern.ticket', text: 'TCK-4711', until: tomorrow, why: 'an example' }]
    expect(judge({ patterns, allow }, 'see TCK-4711').kind).toBe('pass')
    expect(judge({ patterns, allow }, 'see TCK-4712').kind).toBe('hold')
  })

  test('[PO3] has a schema for outputs, of the tenant or a queue', () => {
    const schema = { type: 'object', required: ['label'] }
    const document = { queues: { mail: { schema }, web: {} } }
    expect(judge(document, { label: 'spam' }).kind).toBe('pass')
    expect(judge(document, { lable: 'spam' })).toMatchObject({ kind: 'hold', reason: 'SCHEMA', severity: 'normal' })
    expect(judge(document, { lable: 'spam' }, { queue: 'web' }).kind).toBe('pass')
    expect(judge({ schema, queues: { mail: { schema: null } } }, 'anything').kind).toBe('pass')
    // What a person makes of a result is one, too; nobody asks how sure they are.
    const edit = { kind: 'edit', confidence: undefined } as const
    expect(judge(document, { lable: 'spam' }, edit)).toMatchObject({ kind: 'hold', reason: 'SCHEMA' })
    expect(judge(document, { label: 'spam' }, edit).kind).toBe('pass')
  })

  test('[PO3] switches word lists off', () => {
    const text = 'Das Kennwort liegt bei'
    expect(judge({}, text).kind).toBe('hold')
    expect(judge({ words: { german: 'off' } }, text).kind).toBe('pass')
    expect(judge({ words: { german: 'off' }, queues: { mail: { words: { german: 'on' } } } }, text).kind).toBe('hold')
  })

  test('[PO3] narrows what is read, and asks for more than one approval', () => {
    const verdict = judge({ limits: { textUnits: 4 }, approvals: { high: 2 } }, 'longer')
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'GATE_ERROR', approvalsRequired: 2 })
    expect(judge({}, 'my password')).not.toHaveProperty('approvalsRequired')
  })

  test('[PO7] sets how long cards of each severity wait, over the tenant’s in a queue; of others it says nothing', () => {
    const document = {
      reviewMs: { high: 60_000, low: 3_000 },
      samplePercent: 100,
      queues: { web: { reviewMs: { high: 5_000 } }, code: { rules: { 'keyword.password': 'normal' } } },
    }
    expect(judge(document, 'my password')).toMatchObject({ severity: 'high', reviewMs: 60_000 })
    expect(judge(document, 'my password', { queue: 'web' })).toMatchObject({ severity: 'high', reviewMs: 5_000 })
    expect(judge(document, 'my password', { queue: 'code' })).not.toHaveProperty('reviewMs')
    expect(judge(document, 'drawn', { queue: 'web' })).toMatchObject({ severity: 'low', reviewMs: 3_000 })
    expect(judge({}, 'my password')).not.toHaveProperty('reviewMs')
  })

  test('[PO7] forbids that masks are lifted, for the tenant or a queue, and allows it again in one', () => {
    const mayReveal = (document: unknown, queue: string) => read(document).forQueue(queue).mayReveal
    expect([mayReveal({}, 'mail'), mayReveal({ reveal: 'off' }, 'mail')]).toEqual([true, false])
    const some = { reveal: 'off', queues: { web: { reveal: 'on' }, code: {} } }
    expect(['mail', 'web', 'code'].map((queue) => mayReveal(some, queue))).toEqual([false, true, false])
    expect(read({ reveal: 'off' }).version).not.toBe(read({}).version)
  })

  test('[PO3] never lifts a seed rule: whatever else it says, each seed word is held', () => {
    const off = Object.fromEntries(
      [...catalogue().values()].filter(({ isSeed }) => !isSeed).map(({ id }) => [id, 'off']),
    )
    const document = { confidenceThreshold: 0, rules: off, words: { german: 'off', french: 'off', spanish: 'off' } }
    for (const text of ['my password', 'secret key', 'delete all', 'override security', 'PII', 'SSN']) {
      expect(judge(document, text).kind).toBe('hold')
    }
    expect(judge(document, 'nothing of note', { confidence: 0 }).kind).toBe('pass')
  })
})

describe('an allowance', () => {
  const keywords = ['Lyra']
  const until = tomorrow
  const allowing = (scope: object, more: object = {}) => ({
    keywords,
    allow: [{ rule: 'keyword.lyra', until, why: 'public since May', ...scope }],
    ...more,
  })
  const sha256 = createHash('sha256').update('Lyra').digest('hex')

  test.each([
    ['the exact text', { text: 'Lyra' }, { note: 'about Lyra' }, { note: 'about LYRA' }],
    ['the hash of the text', { sha256 }, { note: 'about Lyra' }, { note: 'about lyra' }],
    ['a place', { path: '/note' }, { note: 'lyra' }, { memo: 'lyra' }],
    ['any item', { path: '/items/*/note' }, { items: [{ note: 'lyra' }] }, { items: [{ note: { more: 'lyra' } }] }],
    ['a place and a text', { path: '/note', text: 'Lyra' }, { note: 'Lyra' }, { note: 'lyra' }],
    ['a field’s name', { text: 'lyra' }, { lyra: 1 }, { Lyra: 1 }],
    ['binary text', { text: 'Lyra' }, { bin: Buffer.from('ask Lyra now') }, { bin: Buffer.from('ask lyra now') }],
  ])('[PO4] lifts one rule within its scope and no further: %s', (_, scope, within, beyond) => {
    expect(judge(allowing(scope), within)).toMatchObject({
      kind: 'pass',
      lifts: [{ rule: 'keyword.lyra', why: 'public since May' }],
    })
    expect(judge(allowing(scope), beyond).kind).toBe('hold')
  })

  test('[PO4] under a queue is for that queue', () => {
    const document = { keywords, queues: { mail: { allow: [{ rule: 'keyword.lyra', until, why: 'x' }] } } }
    expect(judge(document, 'lyra').kind).toBe('pass')
    expect(judge(document, 'lyra', { queue: 'web' }).kind).toBe('hold')
  })

  test('[PO4] ends, and holds for nothing of which nobody knows when it came', () => {
    const document = allowing({ path: '' })
    expect(judge(document, 'lyra', { at: noon + 86_399_999 }).kind).toBe('pass')
    expect(judge(document, 'lyra', { at: noon + 86_400_000 }).kind).toBe('hold')
    const { at: _, ...undated } = { at: 0, tenant: 't_a', queue: 'q', kind: 'text', value: 'lyra' } as const
    expect(createGate(() => read(document).forQueue('q')).judge(undated).kind).toBe('hold')
  })

  test('[PO4] leaves what it doesn’t lift, and is told with it', () => {
    const verdict = judge(allowing({ path: '/a' }), { a: 'lyra', b: 'lyra', c: 'my password' })
    expect(rulesIn(verdict)).toEqual(['keyword.lyra', 'keyword.password'])
    expect(verdict).toMatchObject({ kind: 'hold', lifts: [{ path: '/a' }] })
    expect(verdict.kind === 'hold' && verdict.findings.map(({ path }) => path)).toEqual(['/b', '/c'])
  })

  test('[PO4] lifts nothing of a rule that was found in more places than are kept', () => {
    const many = Array.from({ length: 100 }, () => 'lyra')
    expect(judge(allowing({ path: '/*' }), many).kind).toBe('hold')
    expect(judge(allowing({ path: '/*' }), many.slice(0, 10)).kind).toBe('pass')
  })
})

describe('a sample', () => {
  const key = new Uint8Array(32).fill(1)
  const gateOf = (samplePercent: number, draw = drawBy(key)) => {
    const policy = read({ samplePercent }).forQueue('mail')
    return createGate(() => policy, filtersOf, draw)
  }
  const said = (task: string, turn = 1): Said => ({
    tenant: 't_acme',
    queue: 'mail',
    kind: 'result',
    value: 'fine',
    confidence: 1,
    of: { task, turn },
  })

  test('[PO5] holds about so many of a hundred, the same ones each time, and others under another secret', () => {
    const drawn = (gate: ReturnType<typeof gateOf>) =>
      Array.from({ length: 2_000 }, (_, at) => gate.judge(said(`task${at}`)).kind === 'hold')
    const first = drawn(gateOf(10))
    expect(first.filter(Boolean).length).toBeGreaterThan(140)
    expect(first.filter(Boolean).length).toBeLessThan(260)
    expect(drawn(gateOf(10))).toEqual(first)
    expect(drawn(gateOf(10, drawBy(new Uint8Array(32).fill(2))))).not.toEqual(first)
  })

  test('[PO5] is told as one, with a weight of its own; 0 draws none, 100 all, a text is in none', () => {
    expect(gateOf(100).judge(said('a'))).toMatchObject({ kind: 'hold', reason: 'POLICY', severity: 'low' })
    expect(rulesIn(gateOf(100).judge(said('a')))).toEqual(['policy.sample'])
    expect(gateOf(0).judge(said('a')).kind).toBe('pass')
    expect(gateOf(100).judge({ ...said('a'), kind: 'text' }).kind).toBe('pass')
  })

  test('[PO5] without a secret draws everything', () => {
    expect(createGate(() => read({ samplePercent: 1 }).forQueue('mail')).judge(said('a')).kind).toBe('hold')
  })
})

describe('a stored policy', () => {
  test('[PO6] may name rules that this node doesn’t have; what it may not lift stays', () => {
    const stored = readPolicyText(
      JSON.stringify({ rules: { 'pii.of-tomorrow': 'off' }, confidenceThreshold: 0.2 }),
      'stored',
    )
    expect(stored).toMatchObject({ kind: 'policy' })
    expect(readPolicyText('{"rules":{"gate.policy":"off"}}', 'stored').kind).toBe('refused')
    expect(readPolicyText('{"fieldOfTomorrow":1}', 'stored').kind).toBe('refused')
  })
})

test('[PO1] the example of docs/policy.md is right, and its table has each field that there is', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/policy.md'), 'utf8')
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
  expect(readPolicyText(example)).toMatchObject({ kind: 'policy' })
  const listed = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  const refused = readPolicy({ '-': 1 })
  const known = refused.kind === 'refused' ? /expected one of (.*)$/.exec(refused.reason)?.[1]?.split(', ') : []
  expect([...listed, 'queues'].sort()).toEqual([...(known ?? [])].sort())
})
