/** What is being written for a decision: it outlives a look at another card, a lost connection and an expired token. */
import { signal } from '@preact/signals'

export type Reason = { readonly text: string; readonly code?: string }

const nothing: Reason = { text: '' }

/** By what it is for: a form and a card. */
export class Reasons {
  readonly #all = signal<ReadonlyMap<string, Reason>>(new Map())

  of(what: string): Reason {
    return this.#all.value.get(what) ?? nothing
  }

  write(what: string, reason: Reason): void {
    this.#all.value = new Map(this.#all.value).set(what, reason)
  }

  /** All that is about this card, or this list. */
  drop(about: string): void {
    const kept = [...this.#all.value].filter(([what]) => !what.endsWith(` ${about}`))
    this.#all.value = new Map(kept)
  }

  forget(): void {
    this.#all.value = new Map()
  }
}
