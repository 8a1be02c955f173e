/** A shard's owner forgets what ended long ago: tasks with their cards, the oldest entries of audit logs, the absent. */
import type { Guard, Write } from '../ledger/port.js'
import { dropAbsent } from './absence.js'
import type { Desk } from './desk.js'
import type { Duty } from './due.js'
import { cardKey, cardSet, counterKey, reviewId, taskKey, taskSet, tenantSet } from './keys.js'
import { commitAll, type Order, type Procedure, range, read } from './procedure.js'
import { dropOldEntries } from './recordRetention.js'
import { finalStatuses, type Task, type TaskStatus, taskOf } from './task.js'

const page = 256

export type Retention = {
  readonly taskRetentionMs: number
  readonly auditRetentionMs: number
  /** Of agents and subscribers that nobody hears of any more. */
  readonly absentRetentionMs: number
}

/** Forgets a page of the absent, and of each tenant's ended tasks and its audit log. Returns how much it was. */
export function* dropOld(desk: Desk, duty: Duty, keep: Retention, now: number): Procedure<number> {
  let dropped = yield* dropAbsent(duty, now - keep.absentRetentionMs)
  let after: string | undefined
  do {
    const tenants = yield* range({
      shard: duty.shard,
      set: tenantSet,
      limit: page,
      ...(after === undefined ? {} : { after }),
    })
    for (const { member: tenant } of tenants.members) {
      for (const status of [...finalStatuses, 'APPROVED'] as const) {
        dropped += yield* dropGroup(desk, duty, { tenant, status, before: now - keep.taskRetentionMs }, now)
      }
    }
    after = tenants.cursor
  } while (after !== undefined)
  return dropped + (yield* dropOldEntries(desk, duty, now - keep.auditRetentionMs))
}

/** Tasks of a tenant that ended so, before that time. */
type Group = { readonly tenant: string; readonly status: TaskStatus; readonly before: number }

function* dropGroup(desk: Desk, duty: Duty, { tenant, status, before }: Group, now: number): Procedure<number> {
  const set = taskSet(tenant, status)
  const { members } = yield* range({ shard: duty.shard, set, limit: page, upTo: before })
  if (members.length === 0) return 0
  const records = yield* read(
    duty.shard,
    members.map(({ member }) => taskKey(member)),
  )
  const tasks = records.map((fields) => (fields ? taskOf(fields) : null))
  const cards = yield* readCards(duty.shard, tasks)
  const outcomes = yield* commitAll(
    members.map(({ member }, at): Order => {
      const task = tasks[at]
      const dropped = task ? cardsDropped(desk, task, cards, now) : nothing
      return {
        shard: duty.shard,
        tenant,
        drains: true,
        transaction: {
          guards: [
            { kind: 'epoch', n: duty.epoch },
            { kind: 'equals', record: taskKey(member), field: 'status', value: status },
            ...dropped.guards,
          ],
          writes: [
            { kind: 'drop', record: taskKey(member) },
            { kind: 'unindex', set, member },
            { kind: 'add', record: counterKey(tenant), field: status, n: -1 },
            ...dropped.writes,
          ],
        },
      }
    }),
  )
  return outcomes.filter(({ kind }) => kind === 'done').length
}

/** A task's cards: their ids follow from how its turns ended, and how much it asked. Most that could be were never made. */
const cardsOf = ({ id, ends, asked = 0 }: Task): readonly string[] => [
  ...ends
    .filter(({ by, status }) => by === 'fail' || status === 'NEEDS_REVIEW')
    .map(({ turn, by }) => reviewId(id, turn, by === 'fail' ? 'text' : 'result')),
  ...Array.from({ length: asked }, (_, i) => reviewId(id, i + 1, 'action')),
]

/** The status of each card that there is. */
function* readCards(shard: number, tasks: readonly (Task | null)[]): Procedure<ReadonlyMap<string, string>> {
  const ids = tasks.flatMap((task) => (task ? cardsOf(task) : []))
  const records = ids.length === 0 ? [] : yield* read(shard, ids.map(cardKey))
  const cards = new Map<string, string>()
  for (const [at, id] of ids.entries()) {
    const status = records[at]?.status
    if (typeof status === 'string') cards.set(id, status)
  }
  return cards
}

type Change = { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }

const nothing: Change = { guards: [], writes: [] }

/** Cards go with their task. One that still waits is withdrawn first, so that whoever counts or shows it hears of it. */
const cardsDropped = (desk: Desk, task: Task, cards: ReadonlyMap<string, string>, now: number): Change => {
  const guards: Guard[] = []
  const writes: Write[] = []
  for (const review of cardsOf(task)) {
    const status = cards.get(review)
    if (status === undefined) continue
    if (status === 'PENDING') {
      const withdrawn = desk.cards.withdraw(task, review, now)
      guards.push(...withdrawn.guards)
      writes.push(...withdrawn.writes)
    }
    const set = cardSet(task.tenant, status === 'PENDING' ? 'WITHDRAWN' : status)
    writes.push({ kind: 'unindex', set, member: review }, { kind: 'drop', record: cardKey(review) })
  }
  return { guards, writes }
}
