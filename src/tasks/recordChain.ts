/**
 * A tenant's chain in a shard: how far it goes, by what it goes on, and what retention has dropped from its front.
 *
 * Only its record's guards keep the chain one: whoever goes on with it names the head that it goes on from.
 */
import type { Fields, Guard, Patch } from '../ledger/port.js'
import { chainKey } from './keys.js'
import { type Procedure, readOne } from './procedure.js'
import { genesis } from './recordLines.js'

export type Chain = {
  /** In which its last entry was sealed. */
  readonly generation: string
  readonly seq: number
  readonly head: string
  /** Up to this seq entries are no longer kept. */
  readonly dropped: number
  /** The signed line that says so. */
  readonly trimmed?: string
}

/** Null: nothing was sealed here yet. */
export const chainOf = (fields: Fields | null): Chain | null => {
  if (typeof fields?.seq !== 'number' || typeof fields.head !== 'string') return null
  const { seq, head, dropped, generation, trimmed } = fields
  return {
    generation: String(generation),
    seq,
    head,
    dropped: typeof dropped === 'number' ? dropped : 0,
    ...(typeof trimmed === 'string' ? { trimmed } : {}),
  }
}

export function* readChain(shard: number, tenant: string): Procedure<Chain | null> {
  return chainOf(yield* readOne(shard, chainKey(tenant)))
}

/** The chain stands where it was read. */
export const unmovedChain = (tenant: string, chain: Chain | null): readonly Guard[] => [
  { kind: 'equals', record: chainKey(tenant), field: 'head', value: chain?.head ?? null },
  { kind: 'equals', record: chainKey(tenant), field: 'seq', value: chain?.seq ?? null },
]

export const headOf = (chain: Chain | null): { readonly seq: number; readonly head: string } =>
  chain ?? { seq: 0, head: genesis }

export const chainFields = (chain: Omit<Chain, 'dropped' | 'trimmed'>): Patch => ({
  generation: chain.generation,
  seq: chain.seq,
  head: chain.head,
})
