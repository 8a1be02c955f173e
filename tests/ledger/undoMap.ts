/** Maps that can be put back to how they were when a transaction began. */

export class Undo {
  #steps: (() => void)[] = []

  /** From here on. */
  begin(): void {
    this.#steps = []
  }

  note(step: () => void): void {
    this.#steps.push(step)
  }

  /** Back to where it began. An entry that comes back stands at the end of its map. */
  back(): void {
    for (const step of this.#steps.reverse()) step()
    this.#steps = []
  }
}

export class UndoMap<V> extends Map<string, V> {
  readonly #undo: Undo

  constructor(undo: Undo) {
    super()
    this.#undo = undo
  }

  override set(key: string, value: V): this {
    const before = super.get(key)
    this.#undo.note(() => (before === undefined ? super.delete(key) : super.set(key, before)))
    return super.set(key, value)
  }

  override delete(key: string): boolean {
    const before = super.get(key)
    if (before !== undefined) this.#undo.note(() => super.set(key, before))
    return super.delete(key)
  }
}
