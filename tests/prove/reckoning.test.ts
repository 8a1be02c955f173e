/** What `chimera prove` counts, on histories that are made up: each fault in them is found, and nothing else. */
import { describe, expect, it } from 'vitest'
import type { TaskRecord } from '../../src/client/index.js'
import { unharmed } from '../../src/prove/fault.js'
import { type Execution, History, type Told } from '../../src/prove/history.js'
import { reckon } from '../../src/prove/reckoning.js'
import { worseThan } from '../../src/prove/verdict.js'

const circumstances = { faultAt: 100, lateMs: 1_000, wasPutBack: false }

const execution = (about: Partial<Execution> = {}): Execution => ({
  marker: 'm1',
  task: 't1',
  kind: 'plain',
  step: 1,
  attempt: 1,
  fleet: 'f1',
  previous: undefined,
  beganAt: 20,
  end: 'answered',
  ...about,
})

const told = (about: Partial<Told> = {}): Told => ({
  type: 'outcome',
  seq: 1,
  task: 't1',
  status: 'COMPLETED',
  final: true,
  step: 1,
  output: 'm1',
  at: 30,
  heardAt: 150,
  ...about,
})

const record = ({ task: id, status, final, step, output, at }: Told): TaskRecord => ({
  ...{ id, status, final, step, output, updatedAt: at, createdAt: 10 },
  ...{ queue: 'q', steps: ['q'], attempt: 1, priority: 'normal' },
})

/** One task that was handed in, worked on, and ended, as it should be. */
const history = (end: Told = told()): History => {
  const all = new History()
  const payload = { key: 'k1', kind: 'plain', workMs: 1 } as const
  all.handed.push({ payload, handedAt: 5, acknowledged: { task: 't1', at: 10 } })
  all.began(execution())
  all.told.push(end)
  all.records.set('t1', record(end))
  return all
}

describe('a reckoning', () => {
  it('[PV5] counts one that ended and was told as neither lost nor late', () => {
    const found = reckon(history(), circumstances)
    expect(found).toMatchObject({ acknowledged: 1, completed: 1, lost: 0, acceptedTwice: 0, late: 0, recoveryMs: 50 })
    expect(worseThan(unharmed, found, false)).toEqual([])
  })

  it('[PV5] (T026) counts as lost what is nowhere, goes on, or was not told', () => {
    const nowhere = history()
    nowhere.records.clear()
    const open = history(told({ status: 'RUNNING', final: false }))
    const untold = history()
    untold.told.length = 0
    for (const one of [nowhere, open, untold]) {
      const found = reckon(one, circumstances)
      expect(found.lost).toBe(1)
      expect(worseThan(unharmed, found, false)).toContain('lost: 1, expected at most 0')
    }
  })

  it('[PV6] counts two ends of a task, and two outputs of a step', () => {
    const twoEnds = history()
    twoEnds.told.push(told({ output: 'm2', seq: 2 }))
    const twoOutputs = history()
    twoOutputs.began(execution({ marker: 'm2', step: 2, previous: 'm1' }))
    twoOutputs.began(execution({ marker: 'm3', step: 2, previous: 'm9', attempt: 2 }))
    expect(reckon(twoEnds, circumstances).acceptedTwice).toBe(1)
    expect(reckon(twoOutputs, circumstances).acceptedTwice).toBe(1)
  })

  it('[PV7] explains what was executed again, or tells who did it', () => {
    const died = history()
    died.executions.length = 0
    const { end, ...unfinished } = execution()
    died.began(unfinished)
    died.began(execution({ marker: 'm2', attempt: 2 }))
    const lived = history()
    lived.began(execution({ marker: 'm2', attempt: 2 }))
    expect(reckon(died, circumstances)).toMatchObject({
      executedTwice: 1,
      because: { 'the agent died': 1 },
      broken: [],
    })
    expect(reckon(lived, circumstances)).toMatchObject({ executedTwice: 1, broken: [expect.stringMatching(/^G7 /)] })
  })

  it('[PV8] (T007) finds what is held and was shown before its approval', () => {
    const decision = { review: 'r1', task: 't1', operator: 'ann', status: 'APPROVED', answer: 'decided' } as const
    const leaked = (askedAt: number): readonly string[] => {
      const all = history()
      all.executions.length = 0
      all.began(execution({ kind: 'approved' }))
      all.decided.push({ ...decision, askedAt, stands: { status: 'APPROVED', operator: 'ann' } })
      return reckon(all, circumstances).broken
    }
    expect(leaked(149)).toEqual([])
    expect(leaked(151)).toEqual([expect.stringMatching(/^G3 /)])
  })

  it('[PV9] (T005) finds two who were both told that theirs is the decision', () => {
    const all = history()
    const stands = (operator: string) => ({ status: 'APPROVED', operator })
    const of = { review: 'r1', task: 't1', status: 'APPROVED', askedAt: 1 } as const
    all.decided.push({ ...of, operator: 'ann', answer: 'decided', stands: stands('ann') })
    all.decided.push({ ...of, operator: 'bob', answer: 'ALREADY_DECIDED', stands: stands('ann') })
    expect(reckon(all, circumstances).broken).toEqual([])
    all.decided.push({ ...of, operator: 'eve', answer: 'decided', stands: stands('eve') })
    expect(reckon(all, circumstances).broken).toEqual([expect.stringMatching(/^G5 eve /)])
  })

  it('[PV10] is worse with more than expected, later than expected, or a loss that nobody noticed', () => {
    const found = reckon(history(), circumstances)
    expect(worseThan(unharmed, { ...found, executedTwice: 1 }, false)).toEqual([
      'executed twice: 1, expected at most 0',
    ])
    expect(worseThan({ ...unharmed, recoveryMs: { short: 49, long: 50 } }, found, false)).toHaveLength(1)
    expect(worseThan({ ...unharmed, recoveryMs: { short: 49, long: 50 } }, found, true)).toEqual([])
    expect(worseThan({ ...unharmed, isLossNoticed: true }, found, false)).toHaveLength(1)
    expect(worseThan(unharmed, { ...found, isLossNoticed: true }, false)).toHaveLength(1)
    expect(worseThan(unharmed, { ...found, recoveryMs: null }, false)).toEqual(['it never recovered'])
  })
})
