/** Each part of the gate made to fail, one at a time. */
import { describe, expect, test } from 'vitest'
import type { Filter, Found } from '../../src/safety/filters/filter.js'
import { createGate, filtersOf } from '../../src/safety/gate.js'
import { readPolicy } from '../../src/safety/policy/document.js'
import { defaultPolicy, type GatePolicy } from '../../src/safety/policy.js'
import { allMeans } from '../../src/safety/textReader.js'
import type { Reading } from '../../src/safety/views/reading.js'
import { viewMakers } from '../../src/safety/views/textViews.js'
import type { Said } from '../../src/tasks/verdict.js'

const said = (value: unknown): Said => ({ tenant: 't_test', queue: 'mail', kind: 'result', value, confidence: 0.9 })
const fail = (): never => {
  throw new Error('out of order')
}

/** With one of each kind of filter that a policy can bring. */
const policy: GatePolicy = (() => {
  const reading = readPolicy({
    keywords: ['wombat'],
    patterns: [{ name: 'ticket', pattern: 'TICKET-[0-9]+' }],
    schema: { type: 'object' },
  })
  if (reading.kind === 'refused') throw new Error(`${reading.path}: ${reading.reason}`)
  return reading.policy.forQueue('mail')
})()
const names = filtersOf(policy).map(({ name }) => name)

describe('where something fails', () => {
  test('[GP4] all filters of a policy are tried below', () => {
    expect(names).toEqual(expect.arrayContaining(['confidence', 'schema', 'keyword', 'actions', 'secrets', 'pii']))
    expect(names.length).toBeGreaterThan(6)
  })

  test.each(names.map((name, at) => [name, at] as const))('[GP4 G4] the filter %s, it is held', (name, at) => {
    const broken = (filter: Filter): Filter => ({ ...filter, look: fail })
    const gate = createGate(
      () => policy,
      (each) => filtersOf(each).map((filter, i) => (i === at ? broken(filter) : filter)),
    )
    // The second time too: what was seen while a part was out of order counts as unseen.
    for (let round = 0; round < 2; round += 1) {
      const verdict = gate.judge(said({ note: 'fine' }))
      expect(verdict).toMatchObject({ kind: 'hold', reason: 'GATE_ERROR' })
      expect(verdict.kind === 'hold' ? verdict.details : '').toContain(`${name}: out of order`)
    }
  })

  test('[GP4 G4] a filter once, the name of a field that it missed is looked at again', () => {
    let isBroken = true
    const gate = createGate(
      () => defaultPolicy,
      (each) =>
        filtersOf(each).map((filter) =>
          filter.kind === 'text' && filter.name === 'keyword'
            ? { ...filter, look: (reading: Reading, found: Found) => (isBroken ? fail() : filter.look(reading, found)) }
            : filter,
        ),
    )
    expect(gate.judge(said({ password: 1 }))).toMatchObject({ reason: 'GATE_ERROR' })
    isBroken = false
    for (let round = 0; round < 2; round += 1) {
      expect(gate.judge(said({ password: 1 }))).toMatchObject({ reason: 'SENSITIVE_KEYWORD' })
    }
  })

  test.each(['raw', 'folded', 'lookalikes', 'letters', 'digits', 'squeezed'] as const)(
    '[GP4 G4] the view %s, it is held',
    (name) => {
      const gate = createGate(() => policy, withRaw, undefined, {
        ...allMeans,
        makers: { ...viewMakers, [name]: fail },
      })
      expect(gate.judge(said({ note: 'p4$$, O78-O5-l120, f i n e' }))).toMatchObject({ reason: 'GATE_ERROR' })
    },
  )

  test.each(allMeans.decoders.map((_, at) => at))('[GP4 G4] decoder %d, it is held', (at) => {
    const gate = createGate(() => policy, filtersOf, undefined, {
      ...allMeans,
      decoders: allMeans.decoders.map((decoder, i) => (i === at ? fail : decoder)),
    })
    expect(gate.judge(said({ note: 'ZmluZQ== %41 66:69:6e' }))).toMatchObject({ reason: 'GATE_ERROR' })
  })

  test('[GP6] a rule applies in a great many places, so many are told apart', () => {
    const verdict = createGate(() => defaultPolicy).judge(said('ssn '.repeat(5_000)))
    expect(verdict).toMatchObject({
      kind: 'hold',
      details: 'Held: it says "SSN" in more than 1024 places (64 of more than 1024 places are listed).',
    })
    expect(verdict.kind === 'hold' ? verdict.findings : []).toHaveLength(64)
  })
})

/** No filter of the gate's own looks at what was sent as it is. */
const withRaw = (each: GatePolicy): readonly Filter[] => [
  ...filtersOf(each),
  { kind: 'text', name: 'as-sent', rules: [], views: ['raw'], look: () => {} },
]
