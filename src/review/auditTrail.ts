/**
 * A tenant's audit log, read by page, oldest first: the logs of all shards as one, by time.
 *
 * The cursor holds a position in each shard's log, so that what is written meanwhile is neither skipped nor repeated.
 */
import { type AuditEntry, auditOf } from '../tasks/entries.js'
import { auditLog } from '../tasks/keys.js'
import { log, type Procedure } from '../tasks/procedure.js'
import { decodeCursor, encodeCursor } from './cursor.js'
import { ShardMerge } from './shardMerge.js'

/** `id` is the entry's in its shard's log. */
export type AuditRecord = AuditEntry & { readonly shard: number; readonly id: string }

export type AuditPage = { readonly entries: readonly AuditRecord[]; readonly cursor?: string }

const pageEntries = 128

/** Null where the cursor is none of this log. */
export function* readAudit(
  shards: number,
  tenant: string,
  cursor: string | undefined,
  limit: number,
): Procedure<AuditPage | null> {
  const start = cursor === undefined ? [] : decodeCursor('audit', cursor)
  if (start === null || start.length > shards) return null
  const positions = Array.from({ length: shards }, (_, shard) => start[shard] ?? null)
  const merge = new ShardMerge<AuditRecord>(
    shards,
    (shard, after) => readShard(shard, tenant, after ?? textOf(positions[shard]), Math.min(limit, pageEntries)),
    (a, b) => a.at < b.at,
  )
  const entries: AuditRecord[] = []
  while (entries.length < limit) {
    const next = yield* merge.take()
    if (next === null) return { entries }
    entries.push(next.item)
    positions[next.shard] = next.item.id
  }
  return (yield* merge.peek()) === null ? { entries } : { entries, cursor: encodeCursor('audit', positions) }
}

const textOf = (position: string | number | null | undefined): string | undefined =>
  typeof position === 'string' ? position : undefined

function* readShard(shard: number, tenant: string, after: string | undefined, limit: number) {
  const { entries } = yield* log({
    shard,
    log: auditLog(tenant),
    limit,
    ...(after === undefined ? {} : { after }),
  })
  const items = entries.map(({ id, entry }): AuditRecord => ({ ...auditOf(entry), shard, id }))
  const last = entries.at(-1)
  return last === undefined || entries.length < limit ? { items } : { items, next: last.id }
}
