/**
 * An admin: puts one policy after the other into force. None of them changes what is to be held of what is said in a run,
 * so that the words' own marks stay true; some ask for two people to approve. Each has an edition of its own.
 */
import type { Frame } from '../../src/protocol/reading.js'
import type { Dice } from './dice.js'
import { Player, type Stage } from './player.js'

/** What a policy says beside its own keyword. */
export type Terms = (dice: Dice) => Readonly<Record<string, unknown>>

const sometimesTwo: Terms = (dice) => (dice.chance(0.4) ? { approvals: { normal: 2 } } : {})

export class Admin extends Player {
  readonly #everyMs: number
  readonly #terms: Terms
  #isCalm = false
  #changes = 0
  /** As it was answered: what it changes is what it saw, or whatever there is. */
  #version: string | undefined

  constructor(
    stage: Stage,
    dice: Dice,
    who: { readonly tenant: string; readonly sub: string },
    everyMs: number,
    terms: Terms = sometimesTwo,
  ) {
    super(stage, dice, { role: 'operator', ...who })
    this.#everyMs = everyMs
    this.#terms = terms
    this.#change()
  }

  /** From now on it leaves things as they are. */
  behave(): void {
    this.#isCalm = true
    this.connect()
  }

  protected hello(): Frame {
    return { type: 'hello' }
  }

  protected welcomed(): void {
    this.ask({ type: 'policy' }, ({ version }) => this.#learn(version))
  }

  protected told(): void {}

  protected lost(): number {
    return this.dice.between(1, 2_000)
  }

  #change(): void {
    this.later(this.dice.between(1, this.#everyMs), () => this.#change())
    if (this.#isCalm) return
    const keywords = [`zyx ${this.who.sub} ${++this.#changes}`]
    const policy = JSON.stringify({ keywords, ...this.#terms(this.dice) })
    const seen = this.dice.chance(0.3) && this.#version !== undefined ? { version: this.#version } : {}
    this.ask({ type: 'setPolicy', policy, ...seen }, ({ version }) => this.#learn(version))
  }

  #learn(version: unknown): void {
    if (typeof version === 'string') this.#version = version
  }
}
