/**
 * A shard's owner looks at the cards that are due: tells of those that wait long, gives to all what somebody keeps, ends
 * those whose time is up, and withdraws what was said of attempts whose task has ended since.
 *
 * Each transaction is guarded by the card as it was read, so a decision at the same time wins or loses whole, and by the
 * owner's epoch.
 */
import type { Fields, Guard, Write } from '../ledger/port.js'
import type { Duty } from '../tasks/due.js'
import { cardDueSet, cardKey, taskKey, taskOfReview } from '../tasks/keys.js'
import { commitAll, type Order, type Procedure, range, read, now as readNow } from '../tasks/procedure.js'
import { isFinal, taskOf } from '../tasks/task.js'
import { type Card, cardOf, type Pending } from './card.js'
import { changedWrites, decidedWrites, dueWrites, unresolved, withdrawnWrites } from './cardWrites.js'
import { dueOf } from './deadlines.js'
import { refusalWrites } from './release.js'

/** Cards come with their outputs, and tasks with their payloads. */
const page = 16

/** Does what is due, a page of it. Returns whether there may be more. */
export function* settleCards(duty: Duty): Procedure<boolean> {
  const now = yield* readNow()
  const { members } = yield* range({ shard: duty.shard, set: cardDueSet, limit: page, upTo: now })
  if (members.length === 0) return false
  const ids = members.map(({ member }) => member)
  const records = yield* read(
    duty.shard,
    ids.flatMap((review) => [cardKey(review), taskKey(taskOfReview(review))]),
  )
  const orders = ids.map((review, at) => orderFor(duty, review, records[2 * at] ?? null, records[2 * at + 1], now))
  const outcomes = yield* commitAll(orders.filter((order) => order !== null))
  return members.length === page && outcomes.some(({ kind }) => kind === 'done')
}

type Change = { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }

const orderFor = (
  { shard, epoch }: Duty,
  review: string,
  fields: Fields | null,
  task: Fields | null | undefined,
  now: number,
): Order | null => {
  const change = fields === null ? forget(review) : changeOf(cardOf(fields), task ?? null, now)
  if (change === null) return null
  const { guards, writes } = change
  const tenant = typeof fields?.tenant === 'string' ? fields.tenant : ''
  return { shard, tenant, drains: true, transaction: { guards: [{ kind: 'epoch', n: epoch }, ...guards], writes } }
}

/** It was never made, or is gone. */
const forget = (review: string): Change => ({
  guards: [{ kind: 'absent', record: cardKey(review) }],
  writes: [{ kind: 'unindex', set: cardDueSet, member: review }],
})

/** Null where card and task were read on two sides of a change. */
const changeOf = (card: Card, task: Fields | null, now: number): Change | null => {
  const { standing } = card
  if (standing.status !== 'PENDING') return { guards: [asRead(card)], writes: dueWrites(card, now) }
  if (card.kind === 'text' && isOverFor(card, task)) {
    return { guards: unresolved(card), writes: withdrawnWrites(card, now) }
  }
  const due = dueOf(card, now)
  switch (due.kind) {
    case 'nothing':
      return { guards: [asRead(card)], writes: dueWrites(card, now) }
    case 'remind':
      return after(card, { ...standing, remindedAt: now }, 'reminded', now)
    case 'escalate': {
      const { assignment: _, ...rest } = standing
      return after(card, { ...rest, escalatedAt: now }, 'escalated', now)
    }
    case 'expire':
      return expire(card, standing, task, now)
  }
}

const asRead = ({ id, version }: Card): Guard => ({
  kind: 'equals',
  record: cardKey(id),
  field: 'version',
  value: version,
})

const after = (card: Card, standing: Pending, kind: 'reminded' | 'escalated', now: number): Change => {
  const next = { ...card, version: card.version + 1, standing }
  const writes = [...changedWrites(card, next, { kind, at: now, by: 'node' }), ...dueWrites(next, now)]
  return { guards: unresolved(card), writes }
}

const expire = (card: Card, { approvals, note }: Pending, task: Fields | null, now: number): Change | null => {
  const shared = { ...(approvals === undefined ? {} : { approvals }), ...(note === undefined ? {} : { note }) }
  const standing = { status: 'EXPIRED', resolvedAt: now, ...shared } as const
  const refusal = refusalWrites(card, standing, task)
  if (refusal === null) return null
  return {
    guards: [...unresolved(card), ...refusal.guards],
    writes: [...decidedWrites(card, standing, {}), ...refusal.writes],
  }
}

/** Nobody is told the text any more: its task is gone, or has ended otherwise than by this error. */
const isOverFor = (card: Card, fields: Fields | null): boolean => {
  if (fields === null) return true
  const task = taskOf(fields)
  return isFinal(task) && !(task.status === 'FAILED' && task.error?.review === card.id)
}
