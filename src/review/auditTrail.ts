/**
 * A tenant's audit log, read by page, oldest first: the logs of all shards as one, by time. In each shard sealed entries
 * come first, with their hashes; behind them those of the last second, which will be sealed in the order they stand in,
 * so that their numbers are known.
 *
 * The cursor holds a position in each shard's log, so that what is written or sealed meanwhile is neither skipped nor
 * repeated.
 */
import type { Fields } from '../ledger/port.js'
import { type AuditEntry, auditOf } from '../tasks/entries.js'
import { auditLog, sealedLog, textsKey } from '../tasks/keys.js'
import { log, type Procedure, read } from '../tasks/procedure.js'
import { readChain } from '../tasks/recordChain.js'
import { type EntryLine, entryLineOf, textLineOf } from '../tasks/recordLines.js'
import { decodeCursor, encodeCursor } from './cursor.js'
import { ShardMerge } from './shardMerge.js'

/**
 * `id`: shard and number, by which an entry is named. `hash`: it is sealed. `erased`: fields whose text is gone.
 */
export type AuditRecord = AuditEntry & {
  readonly shard: number
  readonly seq: number
  readonly id: string
  readonly hash?: string
  readonly erased?: readonly string[]
}

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
  const positions = Array.from({ length: shards }, (_, shard) => textOf(start[shard]))
  const merge = new ShardMerge<Placed>(
    shards,
    (shard, after) => readShard(shard, tenant, positionOf(after ?? positions[shard]), Math.min(limit, pageEntries)),
    (a, b) => a.record.at < b.record.at,
  )
  const entries: AuditRecord[] = []
  while (entries.length < limit) {
    const next = yield* merge.take()
    if (next === null) return { entries }
    entries.push(next.item.record)
    positions[next.shard] = next.item.position
  }
  if ((yield* merge.peek()) === null) return { entries }
  return {
    entries,
    cursor: encodeCursor(
      'audit',
      positions.map((position) => position ?? null),
    ),
  }
}

type Placed = { readonly record: AuditRecord; readonly position: string }

/**
 * Behind the entry of this number. `sealed`: the id of the last one before, in the log of sealed ones; `waiting`: its own
 * id, where it was not sealed yet.
 */
type Position = { readonly seq: number; readonly sealed?: string; readonly waiting?: string }

const textOf = (position: string | number | null | undefined): string | undefined =>
  typeof position === 'string' ? position : undefined

/** Written as `<seq> <sealed> <waiting>`; whatever else it is begins at the start. */
const positionOf = (text: string | undefined): Position => {
  const [seq, sealed = '', waiting = ''] = text?.split(' ') ?? []
  const number = Number(seq)
  if (!Number.isSafeInteger(number) || number < 0) return { seq: 0 }
  return { seq: number, ...(sealed === '' ? {} : { sealed }), ...(waiting === '' ? {} : { waiting }) }
}

const textAt = ({ seq, sealed = '', waiting = '' }: Position): string => `${seq} ${sealed} ${waiting}`

/** Sealing goes on between two reads: what was moved is read again. */
const tries = 16

function* readShard(shard: number, tenant: string, start: Position, limit: number) {
  const items: Placed[] = []
  let at = start
  for (let round = 0; round < tries; round++) {
    const { entries } = yield* log({
      shard,
      log: sealedLog(tenant),
      limit,
      ...(at.sealed === undefined ? {} : { after: at.sealed }),
    })
    const lines = entries.map(({ entry }) => entryLineOf(entry))
    const texts = yield* readTexts(shard, tenant, lines)
    for (const [index, line] of lines.entries()) {
      const sealed = entries[index]?.id
      const isNew = line.seq > at.seq
      const here = sealed === undefined ? {} : { sealed }
      at = isNew ? { seq: line.seq, ...here } : { ...at, ...here }
      if (isNew) items.push({ record: sealedRecord(line, texts.get(line.seq)), position: textAt(at) })
    }
    if (entries.length === limit) {
      if (items.length > 0) return { items, next: textAt(at) }
      continue
    }
    const waiting = yield* log({
      shard,
      log: auditLog(tenant),
      limit,
      ...(at.waiting === undefined ? {} : { after: at.waiting }),
    })
    const chain = yield* readChain(shard, tenant)
    const sealedUpTo = chain?.seq ?? 0
    const seen = Math.max(lines.at(-1)?.seq ?? 0, chain?.dropped ?? 0, at.seq)
    if (sealedUpTo > seen) continue
    const before = at.waiting === undefined ? sealedUpTo : at.seq
    for (const [index, { id, entry }] of waiting.entries.entries()) {
      const seq = before + 1 + index
      const isNew = seq > at.seq
      at = { ...at, seq: Math.max(seq, at.seq), waiting: id }
      if (!isNew) continue
      items.push({ record: { ...auditOf(entry), shard, seq, id: `${shard}/${seq}` }, position: textAt(at) })
    }
    return waiting.entries.length === limit ? { items, next: textAt(at) } : { items }
  }
  return { items }
}

function* readTexts(shard: number, tenant: string, lines: readonly EntryLine[]): Procedure<Map<number, Fields | null>> {
  const seqs = lines.filter(({ texts }) => texts !== undefined).map(({ seq }) => seq)
  if (seqs.length === 0) return new Map()
  const records = yield* read(
    shard,
    seqs.map((seq) => textsKey(tenant, seq)),
  )
  return new Map(seqs.map((seq, at) => [seq, records[at] ?? null]))
}

const sealedRecord = (line: EntryLine, beside: Fields | null | undefined): AuditRecord => {
  const { shard, seq, hash, entry, texts = {} } = line
  const there: Record<string, string> = {}
  const erased: string[] = []
  for (const field of Object.keys(texts)) {
    const text = beside?.[`text.${field}`]
    if (typeof text === 'string') there[field] = textLineOf(text).text
    else erased.push(field)
  }
  return { ...entry, ...there, shard, seq, id: `${shard}/${seq}`, hash, ...(erased.length === 0 ? {} : { erased }) }
}
