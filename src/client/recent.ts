/** What was acknowledged lately, for as long as a fault of the ledger might take it back. */

/** More than a client gets acknowledged in any window; beyond it the oldest go. */
const most = 100_000

export class Recent<Item> {
  #items: { readonly item: Item; readonly at: number }[] = []

  add(item: Item, windowMs: number, now: number): void {
    this.#items.push({ item, at: now })
    // Only now and then: dropping one by one would move them all each time.
    const [oldest] = this.#items
    if (oldest !== undefined && (now - oldest.at > 2 * windowMs || this.#items.length > 2 * most))
      this.#items = this.#items.filter(({ at }) => now - at <= windowMs).slice(-most)
  }

  /**
   * Counted from the last of them, not from now: a ledger that is away acknowledges nothing, and tells of its loss only
   * once it is back. What is sent again for nothing is known there.
   */
  within(windowMs: number): readonly Item[] {
    const last = this.#items.at(-1)?.at ?? 0
    return this.#items.filter(({ at }) => last - at <= windowMs).map(({ item }) => item)
  }
}
