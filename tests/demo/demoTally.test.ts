import { describe, expect, it } from 'vitest'
import { summaryLines } from '../../src/cli/demo/demoBoard.js'
import { DemoTally } from '../../src/cli/demo/demoTally.js'

const completed = (task: string, at = 1) => ({ task, status: 'COMPLETED', final: true, at }) as const
const held = (task: string) => ({ task, status: 'NEEDS_REVIEW', final: false, at: 1 }) as const
const goesOn = (task: string) => ({ task, status: 'APPROVED', final: false, at: 2 }) as const

describe('the demo counts', () => {
  it('[D30] what was submitted, once, whenever its outcomes come', () => {
    const tally = new DemoTally()
    tally.told(completed('early'))
    tally.submitted('early', false)
    tally.submitted('a', false)
    tally.submitted('a', true)
    tally.told(held('a'))
    expect(tally.counts).toMatchObject({ submitted: 2, known: 0, open: 0, held: 1, ended: 1 })
    tally.told(goesOn('a'))
    expect(tally.counts).toMatchObject({ open: 1, held: 0 })
    tally.told(completed('a'))
    tally.told(completed('somebody else'))
    expect(tally.counts).toMatchObject({ submitted: 2, open: 0, held: 0, ended: 2, byStatus: { COMPLETED: 2 } })
  })

  it('[D31] an outcome that is told again once, and another end of the same task as a fault', () => {
    const tally = new DemoTally()
    tally.submitted('a', false)
    tally.told(completed('a'))
    tally.told(completed('a'))
    tally.told(held('a'))
    expect(tally.counts).toMatchObject({ ended: 1, held: 0, endedTwice: 0 })
    tally.told(completed('a', 2))
    tally.told({ task: 'a', status: 'REJECTED', final: true, at: 1 })
    expect(tally.counts).toMatchObject({ ended: 1, endedTwice: 2 })
  })

  it('[D32] records that say something else than was told', () => {
    const tally = new DemoTally()
    for (const task of ['open', 'held', 'ended']) tally.submitted(task, false)
    tally.told(held('held'))
    tally.told(completed('ended'))
    expect(tally.agrees('open', 'RUNNING', false)).toBe(true)
    expect(tally.agrees('held', 'NEEDS_REVIEW', false)).toBe(true)
    expect(tally.agrees('held', 'COMPLETED', true)).toBe(false)
    expect(tally.agrees('ended', 'COMPLETED', true)).toBe(true)
    expect(tally.agrees('ended', 'QUEUED', false)).toBe(false)
    expect(tally.tasks.toSorted()).toEqual(['ended', 'held', 'open'])
  })

  it('[D34] and tells decisions on cards from what became of mails', () => {
    const tally = new DemoTally()
    for (const task of ['a', 'b']) tally.submitted(task, false)
    tally.told({ task: 'a', status: 'APPROVED', final: true, at: 1 })
    tally.told({ task: 'b', status: 'REJECTED', final: true, at: 1 })
    const summary = summaryLines({
      tally: tally.counts,
      seconds: 1,
      restarts: 0,
      held: {},
      checked: { records: 2, lost: 0, toldWrongly: 0 },
      reviewer: { rule: 'the rule', approved: 7, rejected: 1 },
    }).join('\n')
    expect(summary).toContain('completed  0   released by a review of the last step 1   ended by a rejection 1\n')
    expect(summary).toContain('decisions  7 cards approved, 1 rejected (automatic: the rule)')
  })

  it('[D33] and says so in a summary', () => {
    const tally = new DemoTally()
    for (const task of ['a', 'b']) tally.submitted(task, false)
    tally.told(held('a'))
    tally.told(completed('b'))
    const summary = {
      tally: tally.counts,
      seconds: 1.25,
      restarts: 1,
      held: { PII: 1 },
      checked: { records: 2, lost: 0, toldWrongly: 0 },
    }
    expect(summaryLines(summary).join('\n')).toMatch(
      /submitted {2}2 mails in 1\.3 s\ncompleted {2}1\nheld {7}1, for a person to decide: PII 1\n.*started again once\n.*2 records: 0 lost, 0 ended twice/,
    )
  })
})
