/** Asks one node what waits, while nothing changes, and keeps what it was shown beside what the ledger has. */
import type { Frame } from '../../src/protocol/reading.js'
import type { ReviewCard } from '../../src/protocol/records.js'
import type { Dice } from './dice.js'
import type { LedgerBooks } from './ledgerBooks.js'
import { Player, type Stage } from './player.js'

/** Ids of cards: those that wait by the ledger, and those that somebody was shown as waiting. */
export type Look = {
  readonly shownBy: string
  readonly waiting: readonly string[]
  readonly listed: readonly string[]
  /** As they came with the list and the figures. */
  readonly counts?: readonly number[]
}

type Counted = { readonly waiting: number }

const againMs = 300

export class Inspector extends Player {
  readonly #node: string
  readonly #books: LedgerBooks
  readonly #looks: Look[]

  /** What it sees is kept in `looks`. */
  constructor(
    stage: Stage,
    dice: Dice,
    about: { readonly tenant: string; readonly node: string },
    books: LedgerBooks,
    looks: Look[],
  ) {
    super(stage, dice, { role: 'operator', tenant: about.tenant, sub: `inspector of ${about.node}` })
    this.#node = about.node
    this.#books = books
    this.#looks = looks
  }

  protected hello(): Frame {
    return { type: 'hello' }
  }

  protected welcomed(): void {
    const { tenant } = this.who
    const before = this.#books.waiting(tenant)
    this.ask({ type: 'stats' }, (counts) =>
      this.ask({ type: 'cards', limit: 100 }, (list) => {
        const waiting = this.#books.waiting(tenant)
        const isStill = waiting.join() === before.join()
        if (list.type !== 'ack' || counts.type !== 'ack' || !isStill) return this.later(againMs, () => this.welcomed())
        const shown = list.cards as readonly ReviewCard[]
        this.#looks.push({
          shownBy: this.#node,
          waiting,
          listed: shown.map(({ reviewId }) => reviewId),
          counts: [Number(list.total), (counts.cards as Counted).waiting],
        })
        this.leave(true)
      }),
    )
  }

  protected told(): void {}

  protected lost(): number {
    return againMs
  }
}
