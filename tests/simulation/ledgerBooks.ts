/** What the ledger has, for the checker: it looks into the model, whose state any handle shares. */
import type { Fields } from '../../src/ledger/port.js'
import { auditLog, cardSet, chainKey, sealedLog, taskKey, taskSet } from '../../src/tasks/keys.js'
import { type EntryLine, entryLineOf } from '../../src/tasks/recordLines.js'
import { shardOf } from '../../src/tasks/shardOf.js'
import type { ModelWorld } from '../ledger/model.js'

/** An entry of a lane; `holder` null: it waits. */
export type Left = {
  readonly lane: string
  readonly id: string
  readonly record: string
  readonly holder: string | null
}

/** One shard's records, sets and entries. */
export type Book = {
  readonly shard: number
  readonly records: ReadonlyMap<string, Fields>
  readonly sets: ReadonlyMap<string, ReadonlyMap<string, number>>
  readonly holders: readonly string[]
  left(): readonly Left[]
}

/** A tenant's chain in a shard, and how many entries wait to be sealed. */
export type KeptChain = {
  readonly lines: readonly { readonly bytes: Uint8Array; readonly line: EntryLine }[]
  readonly waiting: number
  readonly record: Fields | undefined
}

export class LedgerBooks {
  readonly #ledger: ModelWorld

  constructor(ledger: ModelWorld) {
    this.#ledger = ledger
  }

  get books(): readonly Book[] {
    return this.#ledger.shards.map(({ records, sets, lanes, holders }, shard) => ({
      shard,
      records,
      sets,
      holders: [...holders.keys()],
      left: () => [...lanes.values()].flatMap((lane) => [...lane.values()]),
    }))
  }

  task(id: string): Fields | undefined {
    return this.#ledger.shards[shardOf(id, this.#ledger.shards.length)]?.records.get(taskKey(id))
  }

  card(review: string): Fields | undefined {
    return this.cards().find(({ id }) => id === review)
  }

  /** Ids of the tenant's cards that nobody has decided. */
  waiting(tenant: string): readonly string[] {
    const waits = this.cards().filter((card) => card.status === 'PENDING' && card.tenant === tenant)
    return waits.map(({ id }) => String(id)).sort()
  }

  tasks(): readonly Fields[] {
    return this.#records('task/')
  }

  cards(): readonly Fields[] {
    return this.#records('card/')
  }

  /** Sealed ones. */
  *auditEntries(): Generator<EntryLine> {
    for (const { lines } of this.chains().values()) for (const { line } of lines) yield line
  }

  /** By `<shard> <tenant>`. */
  chains(): ReadonlyMap<string, KeptChain> {
    const chains = new Map<string, KeptChain>()
    for (const [shard, { logs, records }] of this.#ledger.shards.entries()) {
      for (const [name, entries] of logs) {
        if (!name.startsWith(sealedLog(''))) continue
        const tenant = name.slice(sealedLog('').length)
        chains.set(`${shard} ${tenant}`, {
          lines: [...entries.values()].map((bytes) => ({ bytes, line: entryLineOf(bytes) })),
          waiting: logs.get(auditLog(tenant))?.size ?? 0,
          record: records.get(chainKey(tenant)),
        })
      }
    }
    return chains
  }

  /** Nothing more is to come: no task open, no card waiting, no outcome unseen, no entry unsealed. */
  isSettled(tenants: readonly string[]): boolean {
    return this.#ledger.shards.every(({ sets, logs }) => {
      const isOver = tenants.every((tenant) => {
        const open = sets.get(taskSet(tenant, 'open'))?.size ?? 0
        return open + (sets.get(cardSet(tenant, 'PENDING'))?.size ?? 0) === 0
      })
      const waits = (name: string) => name.startsWith('out/') || name.startsWith('audit/')
      return isOver && [...logs].every(([name, entries]) => !waits(name) || entries.size === 0)
    })
  }

  #records(prefix: string): readonly Fields[] {
    return this.#ledger.shards.flatMap(({ records }) =>
      [...records].filter(([name]) => name.startsWith(prefix)).map(([, fields]) => fields),
    )
  }
}
