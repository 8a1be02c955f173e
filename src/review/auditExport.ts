/**
 * The record as lines that can be checked without a node: a checkpoint, which says how far each chain goes, and then
 * each chain up to there, page by page. Whoever exports asks for the checkpoint first, and writes it last.
 */

import { sealedLog, textsKey } from '../tasks/keys.js'
import type { Notary } from '../tasks/notary.js'
import { log, type Procedure, read } from '../tasks/procedure.js'
import { type Chain, readChain } from '../tasks/recordChain.js'
import { type ChainHead, type EntryLine, entryLineOf, signedLine } from '../tasks/recordLines.js'

const page = 128
const pageBytes = 1024 * 1024
const decoder = new TextDecoder()

/** Signed: sequence, head and count of all chains of the tenant. */
export function* checkpointOf(shards: number, notary: Notary, tenant: string, at: number): Procedure<string> {
  const chains: ChainHead[] = []
  for (let shard = 0; shard < shards; shard++) {
    const chain = yield* readChain(shard, tenant)
    if (chain === null) continue
    const { generation, seq, head, dropped } = chain
    chains.push({ shard, generation, seq, head, dropped })
  }
  const entries = chains.reduce((sum, { seq, dropped }) => sum + seq - dropped, 0)
  return signedLine(notary, { v: 1, kind: 'checkpoint', tenant, at, key: notary.fingerprint, shards, entries, chains })
}

export type ChainPart = {
  readonly shard: number
  /** The last entry that is wanted. */
  readonly upTo: number
  /** Where the part before ended. */
  readonly after?: string
}

export type Lines = { readonly lines: readonly string[]; readonly after?: string }

/** Retention goes on between two reads: what it took from the front is read again. */
const tries = 16

/** A part of a chain: each entry with its texts behind it, and before the first one the note of what was dropped. */
export function* readLines(tenant: string, { shard, upTo, after }: ChainPart): Procedure<Lines | null> {
  for (let round = 0; round < tries; round++) {
    const { entries } = yield* log({
      shard,
      log: sealedLog(tenant),
      limit: page,
      ...(after === undefined ? {} : { after }),
    })
    const chain = yield* readChain(shard, tenant)
    if (chain === null) return { lines: [] }
    const read = entries.map(({ id, entry }) => ({ id, text: decoder.decode(entry), line: entryLineOf(entry) }))
    const [first] = read
    if (after === undefined && (first?.line.seq ?? chain.seq + 1) <= chain.dropped) continue
    const wanted = read.filter(({ line }) => line.seq <= upTo)
    const kept = wanted.slice(0, fitting(wanted.map(({ text }) => text)))
    const texts = yield* textsOf(
      shard,
      tenant,
      kept.map(({ line }) => line),
    )
    const lines = [
      ...(after === undefined ? trimmedOf(chain) : []),
      ...kept.flatMap(({ text, line }) => [text, ...(texts.get(line.seq) ?? [])]),
    ]
    const last = kept.at(-1)
    const isOver = last === undefined || last.line.seq >= upTo || (kept.length === read.length && read.length < page)
    return { lines, ...(isOver ? {} : { after: last.id }) }
  }
  return null
}

const trimmedOf = ({ trimmed }: Chain): readonly string[] => (trimmed === undefined ? [] : [trimmed])

/** How many of them fit into a page; the first one always does. */
const fitting = (texts: readonly string[]): number => {
  let bytes = 0
  const over = texts.findIndex((text, at) => {
    bytes += text.length
    return at > 0 && bytes > pageBytes
  })
  return over < 0 ? texts.length : over
}

/** Behind each entry its texts, in the order in which it names them; or that they were erased. */
function* textsOf(
  shard: number,
  tenant: string,
  lines: readonly EntryLine[],
): Procedure<ReadonlyMap<number, readonly string[]>> {
  const withTexts = lines.filter(({ texts }) => texts !== undefined)
  if (withTexts.length === 0) return new Map()
  const records = yield* read(
    shard,
    withTexts.map(({ seq }) => textsKey(tenant, seq)),
  )
  return new Map(
    withTexts.map(({ seq, texts = {} }, at) => {
      const beside = records[at]
      const erased = beside?.erased
      if (typeof erased === 'string') return [seq, [erased]]
      const found = Object.keys(texts).map((field) => beside?.[`text.${field}`])
      return [seq, found.filter((line) => typeof line === 'string')]
    }),
  )
}
