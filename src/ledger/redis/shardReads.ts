/** Reads of a shard: the request of each, and its answer read back (see `lua/reads.lua`). */
import type { EntryId, Fields, HeldEntry, Holder, HolderState, LogPage, Member, Page } from '../port.js'
import { readFields } from './recordFields.js'
import type { ReplyReader } from './replyReader.js'
import type { RequestWriter } from './requestWriter.js'
import { isEntryId, noEntry } from './shardNames.js'

export type SetRange = {
  readonly after?: string
  readonly limit: number
  readonly upTo?: number
  readonly descending?: boolean
}

export type ReadyLane = { readonly lane: string; readonly waiting: number }

export function writeRecords(to: RequestWriter, records: readonly string[]): void {
  for (const record of records) to.text(record)
}

export const readRecords = (reader: ReplyReader): readonly (Fields | null)[] =>
  Array.from({ length: reader.list() }, () => (reader.takeFalse() ? null : readFields(reader)))

export const readHeld = (reader: ReplyReader): readonly HeldEntry[] =>
  Array.from({ length: reader.list() / 3 }, () => ({
    entry: reader.ascii(),
    lane: reader.text(),
    record: reader.text(),
  })).sort((left, right) => (left.entry < right.entry ? -1 : 1))

export const readHolders = (reader: ReplyReader): readonly HolderState[] =>
  Array.from({ length: reader.list() / 4 }, () => ({
    holder: reader.text(),
    buried: reader.flag(),
    pending: reader.number(),
    seq: reader.number(),
  })).sort((left, right) => byBytes(left.holder, right.holder))

const byBytes = (left: Holder, right: Holder): number => Buffer.compare(Buffer.from(left), Buffer.from(right))

/** A cursor is the score and the member that were read last. */
export function writeRange(to: RequestWriter, set: string, { after, limit, upTo, descending = false }: SetRange): void {
  to.text(set)
  to.number(limit)
  to.flag(descending)
  to.text(upTo === undefined || upTo === Number.POSITIVE_INFINITY ? '+inf' : `${upTo}`)
  if (after === undefined) {
    to.flag(false)
    return
  }
  const space = after.indexOf(' ')
  const score = after.slice(0, space)
  if (space < 1 || !Number.isFinite(Number(score))) throw new RangeError('after: expected the cursor of a page')
  to.text(score)
  to.text(after.slice(space + 1))
}

export function readPage(reader: ReplyReader, isDescending: boolean): Page {
  reader.list()
  const hasMore = reader.flag()
  const members: Member[] = Array.from({ length: reader.list() / 2 }, () => ({
    member: reader.text(),
    score: Number(reader.ascii()),
  }))
  if (isDescending) members.reverse()
  const last = members.at(-1)
  return hasMore && last !== undefined ? { members, cursor: `${last.score} ${last.member}` } : { members }
}

export function writeLog(
  to: RequestWriter,
  log: string,
  { after, limit }: { readonly after?: EntryId; readonly limit: number },
): void {
  to.text(log)
  to.text(after !== undefined && isEntryId(after) ? after : noEntry)
  to.number(limit)
}

export function readLog(reader: ReplyReader): LogPage {
  reader.list()
  const size = reader.number()
  const entries = Array.from({ length: reader.list() / 2 }, () => ({ id: reader.ascii(), entry: reader.bytes() }))
  return { entries, size }
}

/** In the order of their names. */
export const readReady = (reader: ReplyReader): readonly ReadyLane[] =>
  Array.from({ length: reader.list() / 2 }, () => ({ lane: reader.text(), waiting: reader.number() }))
