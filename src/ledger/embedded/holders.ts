/** Who may commit in a shard: the last call of each, with its answers, so that the same call gets them again. */
import type { Answer, Guard, Holder, HolderState } from '../port.js'
import { byteString } from './names.js'
import type { Stored } from './packing.js'
import type { Store } from './store.js'
import { rowTable, type Table } from './tables.js'

export type HolderCalls = {
  readonly seq: number
  readonly claimSeq: number
  readonly isBuried: boolean
  readonly answers: readonly Answer[]
}

const noCalls: HolderCalls = { seq: 0, claimSeq: 0, isBuried: false, answers: [] }

export class Holders {
  readonly #store: Store
  readonly #table: Table
  readonly #holders = new Map<Holder, HolderCalls>()

  constructor(store: Store, shard: number) {
    this.#store = store
    this.#table = rowTable(shard, 'h')
    for (const [, stored] of store.rows(this.#table)) {
      const [holder, seq, claimSeq, isBuried, answers] = stored as [Holder, number, number, boolean, readonly Stored[]]
      this.#holders.set(holder, { seq, claimSeq, isBuried, answers: answers.map(answerOf) })
    }
  }

  calls(holder: Holder): HolderCalls {
    return this.#holders.get(holder) ?? noCalls
  }

  has(holder: Holder): boolean {
    return this.#holders.has(holder)
  }

  save(holder: Holder, change: Partial<HolderCalls>): void {
    const calls = { ...this.calls(holder), ...change }
    this.#holders.set(holder, calls)
    const { seq, claimSeq, isBuried, answers } = calls
    this.#store.put(this.#table, byteString(holder), [holder, seq, claimSeq, isBuried, answers.map(storedAnswer)])
  }

  retire(holder: Holder): void {
    if (!this.#holders.delete(holder)) return
    this.#store.drop(this.#table, byteString(holder))
  }

  list(pendingOf: (holder: Holder) => number): HolderState[] {
    return [...this.#holders]
      .map(([holder, { isBuried, seq }]) => ({ holder, buried: isBuried, pending: pendingOf(holder), seq }))
      .sort((left, right) => Buffer.compare(Buffer.from(left.holder), Buffer.from(right.holder)))
  }
}

/** Nearly all are done: 0. A text is why one was invalid, a map is the guard that failed. */
function storedAnswer(answer: Answer): Stored {
  if (answer.kind === 'done') return 0
  return answer.kind === 'invalid' ? answer.why : answer.guard
}

function answerOf(stored: Stored): Answer {
  if (stored === 0) return { kind: 'done' }
  return typeof stored === 'string' ? { kind: 'invalid', why: stored } : { kind: 'refused', guard: stored as Guard }
}
