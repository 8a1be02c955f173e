/** G1: whatever was acknowledged ends in exactly one final state, and its subscriber hears of it, in order. */
import type { Outcome } from '../../../src/protocol/nodeFrames.js'
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
  for (const { acknowledged, tenant, sub } of world.handed) {
    if (acknowledged === undefined) continue
    const fields = world.books.task(acknowledged.id)
    if (fields === undefined) yield `G1 task ${acknowledged.id} was acknowledged and is nowhere`
    else if (fields.tenant !== tenant || fields.sub !== sub) yield `G1 task ${acknowledged.id} is somebody else's`
  }
  for (const fields of world.books.tasks()) {
    const task = taskOf(fields)
    if (!isFinal(task)) yield `G1 task ${task.id} is still ${task.status}`
  }
  const deliveries = new Deliveries(world.history)
  for (const life of lives.values()) {
    yield* oneEnd(life)
    yield* told(life, deliveries)
  }
  yield* keysKept(world.handed)
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

/** One key is one task, whoever asked how often; and of two contents under one key one wins. */
function* keysKept(handed: Finished['world']['handed']): Generator<string> {
  const byKey = new Map<string, typeof handed>()
  for (const one of handed) {
    if (one.key === undefined) continue
    const name = `${one.tenant} ${one.sub} ${one.key}`
    byKey.set(name, [...(byKey.get(name) ?? []), one])
  }
  for (const [name, all] of byKey) {
    const accepted = all.filter(({ acknowledged }) => acknowledged !== undefined)
    const ids = new Set(accepted.map(({ acknowledged }) => acknowledged?.id))
    if (ids.size > 1) yield `G1 the key ${name} stands for ${[...ids].join(' and ')}`
    if (accepted.length > 1) yield `G1 the key ${name} was accepted with ${accepted.length} contents`
    for (const { acknowledged, isConflict } of all) {
      if (acknowledged !== undefined && isConflict) yield `G1 the key ${name} was accepted and refused with one content`
    }
  }
}
