/**
 * For how long numbers have stood still, by the watcher's own clock.
 *
 * Only good looks count: after one that failed the watch begins anew, since whatever kept us from looking may have kept
 * the others from moving.
 */
export class Standstill {
  readonly #movedAt = new Map<string, { readonly value: number; readonly at: number }>()

  /** What was read just now; names that are missing are forgotten. */
  look(values: ReadonlyMap<string, number>, now: number): void {
    for (const [name, value] of values) {
      if (this.#movedAt.get(name)?.value !== value) this.#movedAt.set(name, { value, at: now })
    }
    for (const name of this.#movedAt.keys()) if (!values.has(name)) this.#movedAt.delete(name)
  }

  /** A look failed. */
  beginAnew(now: number): void {
    for (const [name, { value }] of this.#movedAt) this.#movedAt.set(name, { value, at: now })
  }

  /** ms. 0 for what was never seen. */
  stillMs(name: string, now: number): number {
    const moved = this.#movedAt.get(name)
    return moved === undefined ? 0 : Math.max(0, now - moved.at)
  }
}
