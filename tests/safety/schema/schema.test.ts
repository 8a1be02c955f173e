import { describe, expect, test } from 'vitest'
import { compileSchema, schemaFilter } from '../../../src/safety/filters/schema.js'
import { createGate } from '../../../src/safety/gate.js'
import { defaultPolicy } from '../../../src/safety/policy.js'
import type { Said, Verdict } from '../../../src/tasks/verdict.js'

function compiled(schema: unknown) {
  const made = compileSchema(schema)
  if (made.kind === 'refused') throw new Error(`refused at ${made.path}: ${made.reason}`)
  return made
}

function judge(schema: unknown, value: unknown, kind: Said['kind'] = 'result'): Verdict {
  const filter = schemaFilter(compiled(schema))
  const gate = createGate(
    () => defaultPolicy,
    () => [filter],
  )
  return gate.judge({ tenant: 't_test', queue: 'mail', kind, value, confidence: 1 })
}

function findings(verdict: Verdict) {
  return verdict.kind === 'hold' ? verdict.findings : []
}

const report = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    label: { enum: ['ham', 'spam'] },
    score: { type: 'number', minimum: 0, maximum: 1 },
    at: { type: 'string', format: 'date-time' },
    code: { type: 'string', pattern: '^[A-Z]{3}-[0-9]+$' },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' }, uniqueItems: true },
    tree: { $ref: '#/$defs/tree' },
  },
  required: ['label'],
  additionalProperties: false,
  $defs: {
    tag: { type: 'string', minLength: 1 },
    tree: { type: 'object', properties: { below: { type: 'array', items: { $ref: '#/$defs/tree' } } } },
  },
}

function doubling(levels: number): unknown {
  const steps = Array.from({ length: levels }, (_, i) => {
    const next = { $ref: `#/$defs/s${i + 1}` }
    return [`s${i}`, { allOf: [next, next] }]
  })
  return { $ref: '#/$defs/s0', $defs: { ...Object.fromEntries(steps), [`s${levels}`]: { type: 'number' } } }
}

function nested(depth: number): unknown {
  let value: unknown = []
  for (let i = 0; i < depth; i += 1) value = [value]
  return value
}

describe('schema of outputs', () => {
  test('[OS1] what fits passes', () => {
    const whole = { label: 'ham', score: 0.5, at: '2025-03-10T08:15:42Z', code: 'ABC-12', tags: ['a', 'b'] }
    expect(judge(report, { ...whole, tree: { below: [{ below: [] }, {}] } }).kind).toBe('pass')
    expect(judge(true, whole).kind).toBe('pass')
  })

  test.each([
    [{ label: 'eggs' }, '/label', 'must be one of the values that are listed'],
    [{}, '', "must have required property 'label'"],
    [{ label: 'ham', score: 2 }, '/score', 'must be <= 1'],
    [{ label: 'ham', score: '1' }, '/score', 'must be number'],
    [{ label: 'ham', at: 'yesterday' }, '/at', 'must match format "date-time"'],
    [{ label: 'ham', code: 'abc' }, '/code', 'must match pattern "^[A-Z]{3}-[0-9]+$"'],
    [{ label: 'ham', tags: ['a', ''] }, '/tags/1', 'must NOT have fewer than 1 characters'],
    [{ label: 'ham', tags: ['a', 'a'] }, '/tags', 'must hold no item twice'],
    [{ label: 'ham', 'more~/': 1 }, '/more~0~1', 'must NOT have additional properties'],
    [{ label: 'ham', tree: { below: [{ below: 7 }] } }, '/tree/below/0/below', 'must be array'],
    [[], '', 'must be object'],
  ])('[OS1] %j is held at %j', (value, path, expected) => {
    const verdict = judge(report, value)
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'SCHEMA', severity: 'normal' })
    expect(findings(verdict)).toEqual([{ reason: 'SCHEMA', rule: 'schema.output', path, excerpt: expected }])
  })

  test('[OS2] it is the JSON form that has to fit, and a finding names the place as it was sent', () => {
    const bytes = { type: 'object', properties: { $bin: { type: 'string', maxLength: 4 } } }
    expect(judge(bytes, new Uint8Array([1])).kind).toBe('pass')
    expect(findings(judge({ properties: { file: bytes } }, { file: new Uint8Array(9) }))[0]?.path).toBe('/file')
    expect(judge({ type: 'integer' }, 7n).kind).toBe('pass')
    expect(judge({ type: 'integer' }, 2n ** 60n).kind).toBe('hold')
    expect(judge({ required: ['$int'] }, 2n ** 60n).kind).toBe('pass')
    const named = { properties: { $$cost: { type: 'number' } } }
    expect(findings(judge(named, new Map([['$cost', 'x']])))[0]?.path).toBe('/$cost')
    expect(judge({ type: 'null' }, undefined).kind).toBe('pass')
  })

  test('[OS2] names that mean something to JavaScript are names', () => {
    expect(judge({ required: ['constructor'] }, {}).kind).toBe('hold')
    const odd: unknown = JSON.parse('{"__proto__": {"a": 1}, "toString": 2, "valueOf": 3}')
    expect(judge({ maxProperties: 3, required: ['toString'] }, odd).kind).toBe('pass')
    expect(judge({ const: { valueOf: 1 } }, { valueOf: 1 }).kind).toBe('pass')
    expect(judge({ additionalProperties: { type: 'string' } }, odd).kind).toBe('hold')
  })

  test('[OS2] actions and texts are no outputs', () => {
    expect(judge(false, 1).kind).toBe('hold')
    for (const kind of ['action', 'text'] as const) expect(judge(false, 1, kind).kind).toBe('pass')
  })

  test.each([
    [7, ''],
    [{ type: 'strng' }, '/type'],
    [{ minimun: 1 }, '/minimun'],
    [{ properties: { a: { propertes: {} } } }, '/properties/a/propertes'],
    [{ properties: { a: 3 } }, '/properties/a'],
    [{ allOf: [] }, '/allOf'],
    [{ $ref: 'https://x.example/schema' }, '/$ref'],
    [{ properties: { a: { $ref: 'other.json#/a' } } }, '/properties/a/$ref'],
    [{ $ref: '#/$defs/none' }, '/$ref'],
    [{ $ref: '#/enum/0', enum: [{ type: 'string' }] }, '/$ref'],
    [{ $dynamicRef: '#x' }, '/$dynamicRef'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#' }, '/$schema'],
    [{ items: { $id: 'https://x.example/a' } }, '/items/$id'],
    [{ pattern: '(?=a)' }, '/pattern'],
    [{ items: { pattern: '(' } }, '/items/pattern'],
    [{ pattern: 'a'.repeat(513) }, '/pattern'],
    [{ patternProperties: { '(?<!a)': {} } }, '/patternProperties'],
    [{ format: 'iban' }, '/format'],
    [{ enum: 'a' }, '/enum'],
    [{ required: [1] }, '/required/0'],
    [{ minimum: '1' }, '/minimum'],
    [JSON.parse('{"properties": {"__proto__": {}}}'), '/properties/__proto__'],
    [{ description: 'x'.repeat(65_537) }, ''],
    [{ anyOf: Array(1_001).fill({ type: 'string' }) }, ''],
  ])('[OS3] %j is refused at %j', (schema, path) => {
    const made = compileSchema(schema)
    expect(made).toMatchObject({ kind: 'refused', path })
    expect(made.kind === 'refused' && made.reason.length > 5).toBe(true)
  })

  test('[OS3] a schema of any depth is refused, not followed', () => {
    let schema: unknown = {}
    for (let i = 0; i < 100; i += 1) schema = { items: schema }
    expect(compileSchema(schema)).toMatchObject({ kind: 'refused', reason: 'expected at most 64 levels' })
    for (let i = 0; i < 100_000; i += 1) schema = { not: schema }
    expect(compileSchema(schema).kind).toBe('refused')
  })

  test('[OS4] what would take too long is held: references that double, and those that go round', () => {
    expect(judge(doubling(8), 1).kind).toBe('pass')
    for (const [schema, value] of [
      [doubling(60), 1],
      [{ $ref: '#' }, 1],
      [{ allOf: [{ $ref: '#' }] }, 1],
      [{ items: { allOf: [{ $ref: '#' }, { $ref: '#' }] } }, nested(200)],
    ]) {
      expect(judge(schema, value)).toMatchObject({ kind: 'hold', reason: 'GATE_ERROR' })
    }
  })

  test('[OS4] many items, many names, long texts and odd patterns get a verdict', () => {
    const many = Array.from({ length: 40_000 }, (_, i) => ({ i }))
    expect(judge({ uniqueItems: true }, many).kind).toBe('pass')
    expect(judge({ uniqueItems: true }, [...many, { i: 7 }])).toMatchObject({ reason: 'SCHEMA' })
    const names = Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`k${i}`, i]))
    expect(judge({ patternProperties: { '^(a|aa)+$': {} }, maxProperties: 5 }, names).kind).toBe('hold')
    const long = 'a'.repeat(1_000_000)
    expect(judge({ pattern: '^(a+)+b$' }, long).kind).toBe('hold')
    expect(judge({ format: 'email' }, long)).toMatchObject({ reason: 'SCHEMA' })
    const all = Array.from({ length: 350 }, (_, i) => ({ pattern: `^a{${i}}` }))
    expect(judge({ allOf: all }, long).kind).toBe('hold')
    const levels = { $ref: '#/$defs/u', $defs: { u: { uniqueItems: true, items: { $ref: '#/$defs/u' } } } }
    expect(
      judge(
        levels,
        Array(200)
          .fill(0)
          .reduce((inner: unknown) => [inner, long.slice(0, 5_000)], 1),
      ).kind,
    ).toBe('hold')
  })

  test('[OS4] deeper than it is held against, it is held', () => {
    expect(judge({ type: 'array' }, nested(250)).kind).toBe('pass')
    expect(judge({ type: 'array' }, nested(10_000))).toMatchObject({ kind: 'hold', reason: 'GATE_ERROR' })
  })

  test('[OS4] one result that took too much leaves the next one all of it', () => {
    const filter = schemaFilter(compiled({ items: { allOf: [{ $ref: '#' }, { $ref: '#' }] } }))
    const gate = createGate(
      () => defaultPolicy,
      () => [filter],
    )
    const said = { tenant: 't_test', queue: 'q', kind: 'result', confidence: 1 } as const
    expect(gate.judge({ ...said, value: nested(200) }).kind).toBe('hold')
    expect(gate.judge({ ...said, value: nested(5) }).kind).toBe('pass')
  })
})
