/** Tasks as others see them: one record, or a page of a tenant's. */

import type { Member } from '../ledger/port.js'
import { Raw } from '../protocol/raw.js'
import type { TaskRecord } from '../protocol/records.js'
import { boundedRead } from './boundedRead.js'
import type { Desk } from './desk.js'
import { taskKey, taskSet } from './keys.js'
import { type Procedure, range, readOne } from './procedure.js'
import { shardOf } from './shardOf.js'
import { finalStatuses, isFinal, queueOf, type Task, type TaskStatus, taskOf } from './task.js'

/** Whose tasks somebody may see: all of the tenant, or those that one `sub` submitted. */
export type Viewer = { readonly tenant: string; readonly sub: string; readonly ownOnly: boolean }

export const shownTask = (task: Task): TaskRecord => ({
  id: task.id,
  queue: queueOf(task),
  step: task.step,
  steps: task.steps,
  status: task.status,
  final: isFinal(task),
  // All of them are over once it FAILED; else the one under way, or to come, counts too.
  attempt: task.attempts + (task.status === 'FAILED' ? 0 : 1),
  priority: task.priority,
  createdAt: task.createdAt,
  updatedAt: task.updatedAt,
  ...(task.agent === undefined ? {} : { agentId: task.agent }),
  ...(task.output === undefined ? {} : { output: new Raw(task.output) }),
  ...(task.approval === undefined ? {} : { approval: task.approval }),
  ...(task.rejection === undefined ? {} : { rejection: task.rejection }),
  ...(task.error === undefined ? {} : { error: task.error }),
  ...(task.replayOf === undefined ? {} : { replayOf: task.replayOf }),
})

const maySee = (viewer: Viewer, task: Task): boolean =>
  task.tenant === viewer.tenant && (!viewer.ownOnly || task.sub === viewer.sub)

export function* getTask(desk: Desk, viewer: Viewer, id: string): Procedure<TaskRecord | null> {
  const fields = yield* readOne(shardOf(id, desk.shards), taskKey(id))
  if (fields === null) return null
  const task = taskOf(fields)
  return maySee(viewer, task) ? shownTask(task) : null
}

export type TaskQuery = {
  readonly status?: TaskStatus
  readonly queue?: string
  readonly limit: number
  readonly cursor?: string
}

export type TaskPage = { readonly tasks: readonly TaskRecord[]; readonly cursor?: string }

/** Where a list goes on: in which shard and set, and behind which member. */
type Place = { readonly shard: number; readonly group: number; readonly behind?: Member }

/** A page ends once it has read so much: bodies count whether they are shown or not. */
const pageBytes = 1_048_576

/** A call reads so many records at most, found or not: a rare status in a large set takes several calls. */
const scanned = 5_000

const groupsOf = (status: TaskStatus | undefined): readonly string[] => {
  if (status === undefined) return ['open', ...finalStatuses, 'APPROVED']
  if (status === 'APPROVED') return ['open', 'APPROVED']
  return finalStatuses.some((final) => final === status) ? [status] : ['open']
}

/** The newest first within each shard and state. Null: the cursor is none of ours. */
export function* listTasks(desk: Desk, viewer: Viewer, query: TaskQuery): Procedure<TaskPage | null> {
  const groups = groupsOf(query.status)
  const start = query.cursor === undefined ? { shard: 0, group: 0 } : placeOf(query.cursor)
  if (start === null) return null
  const tasks: TaskRecord[] = []
  let looked = 0
  let roomBytes = pageBytes
  let after: string | undefined
  let place: Place | null = start.shard < desk.shards && start.group < groups.length ? start : null
  while (place !== null && tasks.length < query.limit && looked < scanned && roomBytes > 0) {
    const { shard, group, behind }: Place = place
    const set = taskSet(viewer.tenant, groups[group] ?? '')
    const from = after === undefined ? { ...(behind && { upTo: behind.score }) } : { after }
    const limit = Math.min(256, query.limit - tasks.length)
    const page = yield* range({ shard, set, limit, descending: true, ...from })
    const members = page.members.filter((member) => isBehind(member, behind))
    const keys = members.map(({ member }) => taskKey(member))
    const { records, bytes } = yield* boundedRead(shard, keys, roomBytes)
    looked += records.length
    roomBytes -= bytes
    for (const fields of records) {
      const task = fields ? taskOf(fields) : null
      if (task !== null && maySee(viewer, task) && matches(query, task)) tasks.push(shownTask(task))
    }
    const last = members[records.length - 1]
    if (last !== undefined) place = { shard, group, behind: last }
    if (records.length < members.length) break
    after = page.cursor
    if (after === undefined) place = nextPlace(desk, groups, place)
  }
  return { tasks, ...(place === null ? {} : { cursor: cursorOf(place) }) }
}

const isBehind = ({ score, member }: Member, before: Member | undefined): boolean =>
  before === undefined || score < before.score || (score === before.score && member < before.member)

const matches = ({ status, queue }: TaskQuery, task: Task): boolean =>
  (status === undefined || task.status === status) && (queue === undefined || queueOf(task) === queue)

const nextPlace = (desk: Desk, groups: readonly string[], { shard, group }: Place): Place | null => {
  if (group + 1 < groups.length) return { shard, group: group + 1 }
  return shard + 1 < desk.shards ? { shard: shard + 1, group: 0 } : null
}

const cursorOf = ({ shard, group, behind }: Place): string =>
  Buffer.from(JSON.stringify([shard, group, behind?.member ?? '', behind?.score ?? 0])).toString('base64url')

const placeOf = (cursor: string): Place | null => {
  try {
    const [shard, group, member, score]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Number.isSafeInteger(shard) || !Number.isSafeInteger(group) || typeof member !== 'string') return null
    if (Number(shard) < 0 || Number(group) < 0) return null
    const place = { shard: Number(shard), group: Number(group) }
    if (member === '') return place
    return typeof score === 'number' ? { ...place, behind: { member, score } } : null
  } catch {
    return null
  }
}
