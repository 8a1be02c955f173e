/** The demo's last look: whether the node's records say what its outcomes told. */
import { setTimeout as pause } from 'node:timers/promises'
import { ChimeraError, type Operator, type Producer } from '../../client/index.js'
import type { DemoSummary } from './demoBoard.js'
import type { DemoTally } from './demoTally.js'

const atOnce = 64
const lookTries = 20
const lookMs = 250

export async function checkRecords(producer: Producer, tally: DemoTally): Promise<DemoSummary['checked']> {
  const tasks = tally.tasks
  let lost = 0
  let toldWrongly = 0
  async function check(task: string): Promise<void> {
    try {
      const { status, final } = await producer.get(task)
      if (!tally.agrees(task, status, final)) toldWrongly++
    } catch (error) {
      if (!(error instanceof ChimeraError) || error.code !== 'NOT_FOUND') throw error
      lost++
    }
  }
  for (let from = 0; from < tasks.length; from += atOnce) await Promise.all(tasks.slice(from, from + atOnce).map(check))
  return { records: tasks.length, lost, toldWrongly }
}

/** Reasons of the cards that wait for the demo's mails. The view of cards may be a moment behind the outcomes. */
export async function heldByReason(operator: Operator, tally: DemoTally): Promise<Readonly<Record<string, number>>> {
  for (let left = lookTries; ; left--) {
    const reasons = await waitingReasons(operator, tally)
    const found = Object.values(reasons).reduce((sum, n) => sum + n, 0)
    if (found >= tally.counts.held || left <= 1) return reasons
    await pause(lookMs)
  }
}

async function waitingReasons(operator: Operator, tally: DemoTally): Promise<Readonly<Record<string, number>>> {
  const reasons: Record<string, number> = {}
  let cursor: string | undefined
  do {
    const page = await operator.cards({ status: 'PENDING', limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
    for (const { taskId, reason } of page.cards) if (tally.isHeld(taskId)) reasons[reason] = (reasons[reason] ?? 0) + 1
    cursor = page.cursor
  } while (cursor !== undefined)
  return reasons
}
