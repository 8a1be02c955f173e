/** What the model keeps of one shard. */
import type { Answer, Fields } from '../../src/ledger/port.js'
import { Undo, UndoMap } from './undoMap.js'

/** `holder` is null while it waits. */
export type Entry = {
  readonly id: string
  readonly lane: string
  readonly record: string
  readonly holder: string | null
}

export type Calls = {
  readonly seq: number
  readonly claimSeq: number
  readonly buried: boolean
  readonly answers: readonly Answer[]
}

export class ModelShard {
  readonly undo = new Undo()
  readonly records = new UndoMap<Fields>(this.undo)
  readonly lanes = new Map<string, UndoMap<Entry>>()
  readonly logs = new Map<string, UndoMap<Uint8Array>>()
  readonly sets = new Map<string, UndoMap<number>>()
  readonly holders = new UndoMap<Calls>(this.undo)
  #epoch = 0
  #ids = 0

  get epoch(): number {
    return this.#epoch
  }

  raise(epoch: number): void {
    const before = this.#epoch
    this.undo.note(() => {
      this.#epoch = before
    })
    this.#epoch = epoch
  }

  nextId(): string {
    this.#ids += 1
    return String(this.#ids).padStart(12, '0')
  }

  holder(name: string): Calls {
    return this.holders.get(name) ?? { seq: 0, claimSeq: 0, buried: false, answers: [] }
  }

  lane(name: string): UndoMap<Entry> {
    return within(this.lanes, name, this.undo)
  }

  logOf(name: string): UndoMap<Uint8Array> {
    return within(this.logs, name, this.undo)
  }

  set(name: string): UndoMap<number> {
    return within(this.sets, name, this.undo)
  }

  pending(lane: string, id: string): Entry | undefined {
    const entry = this.lanes.get(lane)?.get(id)
    return entry?.holder === null ? undefined : entry
  }

  /** In order. */
  waiting(lane: string): Entry[] {
    return [...(this.lanes.get(lane)?.values() ?? [])].filter(({ holder }) => holder === null).sort(byId)
  }

  /** In order. */
  pendingOf(holder: string): Entry[] {
    const entries = [...this.lanes.values()].flatMap((lane) => [...lane.values()])
    return entries.filter((entry) => entry.holder === holder).sort(byId)
  }
}

function within<V>(maps: Map<string, UndoMap<V>>, name: string, undo: Undo): UndoMap<V> {
  const map = maps.get(name) ?? new UndoMap<V>(undo)
  maps.set(name, map)
  return map
}

const byId = (left: { readonly id: string }, right: { readonly id: string }): number => (left.id < right.id ? -1 : 1)
