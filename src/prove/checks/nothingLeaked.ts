/** G3: what is held reaches nobody outside review before it was released. */

export type Showing = {
  readonly to: string
  readonly what: string
  /** By the same clock, or in the same order, as the releases. */
  readonly at: number
}

/** `releasedAt`: undefined where it was not. */
export function* nothingLeaked(
  showings: Iterable<Showing>,
  releasedAt: (what: string) => number | undefined,
): Generator<string> {
  for (const { to, what, at } of showings) {
    if ((releasedAt(what) ?? Number.POSITIVE_INFINITY) >= at) yield `G3 ${to} was sent ${what} before it was released`
  }
}
