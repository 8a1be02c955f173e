/** What the ledger has, for the checker: it looks into the model, whose state any handle shares. */
import type { Fields } from '../../src/ledger/port.js'
import { cardSet, taskKey, taskSet } from '../../src/tasks/keys.js'
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

  tasks(): readonly Fields[] {
    return this.#records('task/')
  }

  cards(): readonly Fields[] {
    return this.#records('card/')
  }

  *auditEntries(): Generator<Uint8Array> {
    for (const { logs } of this.#ledger.shards) {
      for (const [name, entries] of logs) if (name.startsWith('audit/')) yield* entries.values()
    }
  }

  /** Nothing more is to come: no task open, no card waiting, no outcome unseen. */
  isSettled(tenants: readonly string[]): boolean {
    return this.#ledger.shards.every(({ sets, logs }) => {
      const isOver = tenants.every((tenant) => {
        const open = sets.get(taskSet(tenant, 'open'))?.size ?? 0
        return open + (sets.get(cardSet(tenant, 'PENDING'))?.size ?? 0) === 0
      })
      return isOver && [...logs].every(([name, entries]) => !name.startsWith('out/') || entries.size === 0)
    })
  }

  #records(prefix: string): readonly Fields[] {
    return this.#ledger.shards.flatMap(({ records }) =>
      [...records].filter(([name]) => name.startsWith(prefix)).map(([, fields]) => fields),
    )
  }
}
