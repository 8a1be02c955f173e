/** G1: whatever was acknowledged ends in exactly one final state, and its subscriber hears of it, in order. */

import type { Outcome } from '../../../src/protocol/nodeFrames.js'
import { type Acknowledged, everyEnd } from '../../../src/prove/checks/everyEnd.js'
import { type KeyAnswer, keysKept } from '../../../src/prove/checks/keysKept.js'
import type { OutcomeEntry } from '../../../src/tasks/entries.js'
import { isFinal, type TaskStatus, taskOf } from '../../../src/tasks/task.js'
import type { Finished } from '../checker.js'
import { Deliveries } from '../deliveries.js'
import type { Appended, Change, Life } from '../lives.js'

const follows: Readonly<Record<TaskStatus, readonly TaskStatus[]>> = {
  SCHEDULED: ['QUEUED', 'CANCELLED', 'EXPIRED'],
  QUEUED: ['RUNNING', 'CANCELLED', 'EXPIRED'],
  RUNNING: ['COMPLETED', 'NEEDS_REVIEW', 'QUEUED', 'SCHEDULED', 'FAILED', 'CANCELLED'],
  NEEDS_REVIEW: ['APPROVED', 'REJECTED', 'CANCELLED'],
  APPROVED: ['RUNNING', 'CANCELLED', 'EXPIRED'],
  COMPLETED: [],
  REJECTED: [],
  FAILED: [],
  CANCELLED: [],
  EXPIRED: [],
}

export function* nothingLost({ world, lives }: Finished): Generator<string> {
  for (const { sentence } of everyEnd(acknowledgedIn(world))) yield sentence
  for (const fields of world.books.tasks()) {
    const task = taskOf(fields)
    if (!isFinal(task)) yield `G1 task ${task.id} is still ${task.status}`
  }
  const deliveries = new Deliveries(world.history)
  for (const life of lives.values()) {
    yield* oneEnd(life)
    yield* told(life, deliveries)
  }
  yield* keysKept(keysOf(world))
}

function* oneEnd({ id, changes }: Life): Generator<string> {
  let before: Change | undefined
  for (const change of changes) {
    const isAllowed =
      before === undefined
        ? change.to === 'QUEUED' || change.to === 'SCHEDULED'
        : !isEnd(before) && follows[before.to].includes(change.to)
    if (!isAllowed) yield `G1 task ${id} went from ${before?.to ?? 'nothing'} to ${change.to}`
    before = change
  }
}

/** An approval after the last step brings the output with it. */
const isEnd = ({ to, fields }: Change): boolean => to === 'APPROVED' && fields.output instanceof Uint8Array

/** Each outcome that was written was delivered, or its loss was; and none came before those that were written earlier. */
function* told({ id, outcomes }: Life, deliveries: Deliveries): Generator<string> {
  const isGone = ({ log, entry }: Appended): boolean => deliveries.hasGap(log, entry.at)
  const known = new Set<number>()
  const lastOn = new Map<number, number>()
  for (const { connection, outcome } of deliveries.of(id)) {
    const last = lastOn.get(connection) ?? -1
    const place = outcomes.findIndex(({ entry }, at) => at > last && isSame(entry, outcome))
    const { status, step } = outcome
    if (place < 0) yield `G1 task ${id}: the outcome ${status} of step ${step} came out of order, or was never written`
    for (const [earlier, one] of outcomes.slice(0, Math.max(0, place)).entries()) {
      if (!known.has(earlier) && !isGone(one)) yield `G1 task ${id}: outcome ${place} came before outcome ${earlier}`
    }
    known.add(place)
    lastOn.set(connection, place)
  }
  for (const [place, one] of outcomes.entries()) {
    if (known.has(place) || isGone(one)) continue
    yield `G1 task ${id}: the outcome ${one.entry.status} (${place}) was never delivered`
  }
}

const isSame = (entry: OutcomeEntry, { status, final, step, at }: Outcome): boolean =>
  entry.status === status && entry.final === final && entry.step === step && entry.at === at

/** Whether its end was told is looked at more closely below. */
function* acknowledgedIn({ handed, books }: Finished['world']): Generator<Acknowledged> {
  for (const { acknowledged, tenant, sub } of handed) {
    if (acknowledged === undefined) continue
    const fields = books.task(acknowledged.id)
    const record = fields && {
      status: String(fields.status),
      isFinal: isFinal(taskOf(fields)),
      isTheirs: fields.tenant === tenant && fields.sub === sub,
    }
    yield { task: acknowledged.id, record, wasTold: null }
  }
}

function* keysOf({ handed }: Finished['world']): Generator<KeyAnswer> {
  for (const { tenant, sub, key, acknowledged, isConflict = false } of handed) {
    if (key !== undefined) yield { owner: `${tenant} ${sub}`, key, task: acknowledged?.id, isConflict }
  }
}
