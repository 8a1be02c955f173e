/** What procedures need of their node: wired once by `main`, the same for all. */
import type { Fields, Guard, Holder, Write } from '../ledger/port.js'
import type { LeaseSigner } from './lease.js'
import type { Notary } from './notary.js'
import type { Procedure } from './procedure.js'
import type { Answer } from './proposals.js'
import type { Task } from './task.js'
import type { Edition, Finding, Verdict } from './verdict.js'

/** What the gate held: becomes a card in the same commit. */
export type HeldWord = {
  readonly task: Task
  readonly agent: string
  /** `result`: the output; `text`: an error text; `action`: what it asks to do. */
  readonly kind: 'result' | 'text' | 'action'
  /** MessagePack of what was said. */
  readonly value: Uint8Array
  /** SHA-256 of its canonical form. */
  readonly hash: string
  readonly confidence: number
  readonly verdict: Extract<Verdict, { kind: 'hold' }>
  /** Of the policy that it was judged by; missing: it is held whatever the policy says. */
  readonly edition?: Edition | undefined
  /** What an agent says its action is for, and what the gate found in that. */
  readonly summary?: { readonly text: string; readonly findings: readonly Finding[] }
}

/** The review's side of a task's transaction: how a card comes into being, and how it ends with its task. */
export interface CardDesk {
  open(word: HeldWord, now: number): { readonly review: string; readonly writes: readonly Write[] }
  withdraw(
    task: Task,
    review: string,
    now: number,
  ): { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }
  /** What was decided on it; null: nothing that its agent is told. */
  answerOf(card: Fields): Answer | null
  /** For a shard's owner: does what is due of its cards. Returns whether there may be more. */
  settleDue(duty: { readonly shard: number; readonly epoch: number }): Procedure<boolean>
}

export type Desk = {
  readonly shards: number
  readonly node: string
  /** This node's incarnation: the holder of what it claims. */
  readonly holder: Holder
  /** The ledger is this node's own. */
  readonly isAlone: boolean
  readonly signer: LeaseSigner
  readonly notary: Notary
  readonly cards: CardDesk
  /** A number from 0 up to 1. */
  readonly chance: () => number
  readonly newId: () => string
  readonly limits: DeskLimits
}

export type DeskLimits = {
  /** Entries of one lane; over it a submission is OVERLOADED. */
  readonly laneEntries: number
}
