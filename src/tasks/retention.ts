/** A shard's owner forgets what ended long ago: tasks with their cards, and the oldest entries of audit logs. */
import type { Write } from '../ledger/port.js'
import type { Duty } from './due.js'
import { auditOf } from './entries.js'
import { auditLog, cardKey, cardSet, cardStatuses, counterKey, reviewId, taskKey, taskSet, tenantSet } from './keys.js'
import { commit, commitAll, log, type Order, type Procedure, range, read } from './procedure.js'
import { finalStatuses, type Task, taskOf } from './task.js'

const page = 256

export type Retention = { readonly taskRetentionMs: number; readonly auditRetentionMs: number }

/** Forgets a page of each tenant's ended tasks, with their cards, and of its audit log. Returns how much it was. */
export function* dropOld(duty: Duty, { taskRetentionMs, auditRetentionMs }: Retention, now: number): Procedure<number> {
  let dropped = 0
  let after: string | undefined
  do {
    const tenants = yield* range({
      shard: duty.shard,
      set: tenantSet,
      limit: page,
      ...(after === undefined ? {} : { after }),
    })
    for (const { member: tenant } of tenants.members) {
      for (const status of [...finalStatuses, 'APPROVED'])
        dropped += yield* dropGroup(duty, tenant, status, now - taskRetentionMs)
      dropped += yield* dropAudit(duty, tenant, now - auditRetentionMs)
    }
    after = tenants.cursor
  } while (after !== undefined)
  return dropped
}

function* dropGroup(duty: Duty, tenant: string, status: string, before: number): Procedure<number> {
  const set = taskSet(tenant, status)
  const { members } = yield* range({ shard: duty.shard, set, limit: page, upTo: before })
  if (members.length === 0) return 0
  const records = yield* read(
    duty.shard,
    members.map(({ member }) => taskKey(member)),
  )
  yield* commitAll(
    members.map(({ member }, at): Order => {
      const fields = records[at]
      return {
        shard: duty.shard,
        tenant,
        drains: true,
        transaction: {
          guards: [
            { kind: 'epoch', n: duty.epoch },
            { kind: 'equals', record: taskKey(member), field: 'status', value: status },
          ],
          writes: [
            { kind: 'drop', record: taskKey(member) },
            { kind: 'unindex', set, member },
            { kind: 'add', record: counterKey(tenant), field: status, n: -1 },
            ...(fields ? cardWrites(taskOf(fields)) : []),
          ],
        },
      }
    }),
  )
  return members.length
}

/** A task's cards go with it: their ids follow from how its turns ended. */
const cardWrites = (task: Task): readonly Write[] =>
  task.ends
    .filter(({ by, status }) => by === 'fail' || status === 'NEEDS_REVIEW')
    .flatMap(({ turn, by }) => {
      const review = reviewId(task.id, turn, by === 'fail' ? 'text' : 'result')
      return [
        { kind: 'drop', record: cardKey(review) } as const,
        ...cardStatuses.map(
          (status) => ({ kind: 'unindex', set: cardSet(task.tenant, status), member: review }) as const,
        ),
      ]
    })

function* dropAudit(duty: Duty, tenant: string, before: number): Procedure<number> {
  const name = auditLog(tenant)
  const { entries } = yield* log({ shard: duty.shard, log: name, limit: page })
  const old = entries.filter(({ entry }) => auditOf(entry).at < before)
  const last = old.at(-1)
  if (last === undefined) return 0
  yield* commit({
    shard: duty.shard,
    tenant,
    drains: true,
    transaction: { guards: [{ kind: 'epoch', n: duty.epoch }], writes: [{ kind: 'trim', log: name, upTo: last.id }] },
  })
  return old.length
}
