/**
 * Orders that wait for the next commit: each tenant has a line of its own, and the lines take turns, so that a tenant
 * that floods waits for itself.
 */
import type { Order } from '../tasks/procedure.js'

/** An order with the number under which its procedure waits for the answer. */
export type Ticketed = { readonly ticket: number; readonly order: Order; readonly bytes: number }

/** A batch has at most so many transactions and bytes; the first one always fits. */
const batchOrders = 256
const batchBytes = 1_048_576

class Line {
  #orders: Ticketed[] = []
  #head = 0

  get size(): number {
    return this.#orders.length - this.#head
  }

  push(one: Ticketed): void {
    this.#orders.push(one)
  }

  first(): Ticketed | undefined {
    return this.#orders[this.#head]
  }

  /** Leaves those that this is true of, and returns the others. */
  keep(isKept: (one: Ticketed) => boolean): readonly Ticketed[] {
    const waiting = this.#orders.slice(this.#head)
    this.#orders = waiting.filter(isKept)
    this.#head = 0
    return waiting.filter((one) => !isKept(one))
  }

  shift(): void {
    this.#head++
    // Moved down in large pieces: a shift for each would cost the line's length.
    if (this.#head >= 1_024 && this.#head * 2 >= this.#orders.length) {
      this.#orders = this.#orders.slice(this.#head)
      this.#head = 0
    }
  }
}

export class OrderQueue {
  readonly #lines = new Map<string, Line>()
  #size = 0

  get size(): number {
    return this.#size
  }

  push(one: Ticketed): void {
    const line = this.#lines.get(one.order.tenant)
    if (line === undefined) {
      const first = new Line()
      first.push(one)
      this.#lines.set(one.order.tenant, first)
    } else {
      line.push(one)
    }
    this.#size++
  }

  /** Takes out all that adds, which is what waits where there is no room. */
  takeAdding(): readonly Ticketed[] {
    const taken: Ticketed[] = []
    for (const [tenant, line] of this.#lines) {
      taken.push(...line.keep(({ order }) => order.drains))
      if (line.size === 0) this.#lines.delete(tenant)
    }
    this.#size -= taken.length
    return taken
  }

  /** The next batch: one order of each tenant in turn, until it is full or nothing waits. */
  take(): readonly Ticketed[] {
    const taken: Ticketed[] = []
    let bytes = 0
    while (this.#size > 0) {
      for (const [tenant, line] of this.#lines) {
        const one = line.first()
        if (one === undefined) continue
        if (taken.length > 0 && (taken.length >= batchOrders || bytes + one.bytes > batchBytes)) return taken
        line.shift()
        this.#size--
        taken.push(one)
        bytes += one.bytes
        if (line.size > 0 && this.#lines.size === 1) continue
        // To the end of the round: the next batch begins with whoever was not served in this one.
        this.#lines.delete(tenant)
        if (line.size > 0) this.#lines.set(tenant, line)
      }
    }
    return taken
  }
}
