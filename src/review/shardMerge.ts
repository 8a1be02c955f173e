/**
 * One list from the lists of all shards, each of which is in order: the head that comes first is next.
 *
 * A shard's list is read page by page, and again only when its page is used up.
 */
import type { Procedure } from '../tasks/procedure.js'

export type SourcePage<T> = { readonly items: readonly T[]; readonly next?: string }

/** Reads a shard's list, from its start or where `next` said. */
export type Source<T> = (shard: number, after: string | undefined) => Procedure<SourcePage<T>>

type Head<T> = { page: SourcePage<T>; at: number }

export class ShardMerge<T> {
  readonly #source: Source<T>
  readonly #isBefore: (a: T, b: T) => boolean
  readonly #shards: number
  #heads: Head<T>[] | null = null

  constructor(shards: number, source: Source<T>, isBefore: (a: T, b: T) => boolean) {
    this.#shards = shards
    this.#source = source
    this.#isBefore = isBefore
  }

  /** The next item and its shard, without taking it; null at the end. */
  *peek(): Procedure<{ readonly item: T; readonly shard: number } | null> {
    this.#heads ??= yield* this.#open()
    let first: { readonly item: T; readonly shard: number } | null = null
    for (const [shard, head] of this.#heads.entries()) {
      while (head.at === head.page.items.length && head.page.next !== undefined) {
        head.page = yield* this.#source(shard, head.page.next)
        head.at = 0
      }
      const item = head.page.items[head.at]
      if (item === undefined) continue
      // A shard that comes later waits where both are equal, so that the order is always the same.
      if (first === null || this.#isBefore(item, first.item)) first = { item, shard }
    }
    return first
  }

  *take(): Procedure<{ readonly item: T; readonly shard: number } | null> {
    const first = yield* this.peek()
    const head = first === null ? undefined : this.#heads?.[first.shard]
    if (head !== undefined) head.at++
    return first
  }

  *#open(): Procedure<Head<T>[]> {
    const heads: Head<T>[] = []
    for (let shard = 0; shard < this.#shards; shard++)
      heads.push({ page: yield* this.#source(shard, undefined), at: 0 })
    return heads
  }
}
