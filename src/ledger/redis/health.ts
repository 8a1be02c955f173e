/** Why a ledger had better not be relied on just now: what stands, each told by the part that knows. */
export type Concern =
  /** Something that a start needs can't be done yet. */
  | 'start'
  /** Acknowledged writes were lost, and what follows from that isn't done. */
  | 'loss'
  | 'secrets'
  /** Fewer replicas than each write waits for. */
  | 'replicas'

export class Health {
  readonly #standing = new Map<Concern, string>()
  readonly #onChange: (why: string | undefined) => void

  /** `onChange` gets what is wrong, and undefined once nothing is. */
  constructor(onChange: (why: string | undefined) => void = () => {}) {
    this.#onChange = onChange
  }

  /** Undefined: nothing is wrong. */
  get unreadyFor(): string | undefined {
    return [...this.#standing.values()][0]
  }

  set(concern: Concern, why: string): void {
    const before = this.unreadyFor
    this.#standing.set(concern, why)
    this.#tell(before)
  }

  clear(concern: Concern): void {
    const before = this.unreadyFor
    this.#standing.delete(concern)
    this.#tell(before)
  }

  #tell(before: string | undefined): void {
    if (this.unreadyFor !== before) this.#onChange(this.unreadyFor)
  }
}
