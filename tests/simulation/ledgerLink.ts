/**
 * A node's way to the ledger: calls and answers take time, and some of them get lost.
 *
 * A call that faults took effect, or never does, or does so later, when its sender has long sent it again. Of a node
 * that crashed the answers never arrive, and what was under way takes effect or not.
 */
import type { Clock } from '../../src/clock.js'
import {
  type ClaimReply,
  type ClaimRequest,
  type CommitReply,
  type EntryId,
  type HintListener,
  type Ledger,
  LedgerFault,
  type Transaction,
} from '../../src/ledger/port.js'
import type { Dice } from './dice.js'
import { airOver, type HintAir } from './hintAir.js'
import type { History } from './history.js'
import type { Weather } from './weather.js'

/** `never` takes effect; `lost` takes effect, and nobody hears of it; `late` takes effect after it was given up. */
type Fate = 'fine' | 'never' | 'lost' | 'late'

type LinkParts = {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly dice: Dice
  readonly weather: Weather
  readonly history: History
  readonly isAlive: () => boolean
  /** Does something once the node isn't frozen. */
  readonly act: (what: () => void) => void
  /** A newer incarnation has the ledger: nothing of this one arrives any more. */
  readonly isReplaced: () => boolean
}

const latestMs = 900

export class LedgerLink implements Ledger {
  readonly #parts: LinkParts
  /** Answers of calls that took effect: the same ones again are a repetition. */
  readonly #told = new WeakSet<object>()
  /** The last seq that took effect, by shard and holder. */
  readonly #taken = new Map<string, number>()

  readonly #air: HintAir
  #keeps: ((hint: string) => boolean) | undefined
  #cutOffUntil = 0

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.#air = airOver(parts.ledger)
  }

  /** Nothing gets through until then. */
  cutOff(until: number): void {
    this.#cutOffUntil = until
  }

  get shards(): number {
    return this.#parts.ledger.shards
  }

  get durability() {
    return this.#parts.ledger.durability
  }

  secret(name: string): Promise<Uint8Array> {
    return this.#parts.ledger.secret(name)
  }

  now(): number {
    return this.#parts.ledger.now()
  }

  commit(shard: number, holder: string, seq: number, transactions: readonly Transaction[]): Promise<CommitReply> {
    return this.#call(async () => {
      const place = `${shard} ${holder}`
      const isRepeat = seq <= (this.#taken.get(place) ?? 0)
      if (!isRepeat && this.#isFullFor(transactions)) return { kind: 'full' }
      if (!isRepeat) this.#taken.set(place, seq)
      const letGo = this.#keep(transactions)
      const reply = await this.#parts.ledger.commit(shard, holder, seq, transactions)
      letGo()
      // Told by the ledger, not by the seq: a holder that was buried and forgotten begins anew with any.
      if (reply.kind !== 'answers' || this.#told.has(reply.answers)) return reply
      this.#told.add(reply.answers)
      for (const [at, transaction] of transactions.entries()) {
        if (reply.answers[at]?.kind === 'done') this.#parts.history.carryOut(shard, holder, transaction)
        if (reply.answers[at]?.kind === 'invalid' && !isRetirement(transaction))
          this.#parts.history.alarm(`invalid: ${JSON.stringify(reply.answers[at])}`)
      }
      return reply
    })
  }

  claim(shard: number, holder: string, claimSeq: number, request: ClaimRequest): Promise<ClaimReply> {
    return this.#call(async () => {
      const reply = await this.#parts.ledger.claim(shard, holder, claimSeq, request)
      if (reply.kind === 'claimed' && reply.claimed.length > 0) this.#parts.history.give(shard, holder, reply.claimed)
      return reply
    })
  }

  held(shard: number, holder: string) {
    return this.#call(() => this.#parts.ledger.held(shard, holder))
  }

  holders(shard: number) {
    return this.#call(() => this.#parts.ledger.holders(shard))
  }

  read(shard: number, records: readonly string[]) {
    return this.#call(() => this.#parts.ledger.read(shard, records))
  }

  range(shard: number, set: string, options: Parameters<Ledger['range']>[2]) {
    return this.#call(() => this.#parts.ledger.range(shard, set, options))
  }

  log(shard: number, log: string, options: { readonly after?: EntryId; readonly limit: number }) {
    return this.#call(() => this.#parts.ledger.log(shard, log, options))
  }

  ready(shard: number, prefix: string) {
    return this.#call(() => this.#parts.ledger.ready(shard, prefix))
  }

  onHint(listener: HintListener, keeps?: (hint: string) => boolean): () => void {
    const { ledger, clock, dice, weather, isAlive, act } = this.#parts
    this.#keeps = keeps
    const hear: HintListener = (shard, hint, isKept) => {
      // Our own come with the answer; those of others through the air.
      const isLost = !isKept && dice.chance(weather.hintLoss)
      if (!isAlive() || clock.now() < this.#cutOffUntil || isLost) return
      clock.at(clock.now() + this.#delayMs(), () => act(() => listener(shard, hint, isKept)))
    }
    this.#air.listeners.set(hear, this)
    const end = ledger.onHint((shard, hint) => {
      const keeper = this.#air.kept.get(hint)
      if (keeper === undefined || keeper === this) hear(shard, hint, keeper === this)
    })
    return () => {
      this.#air.listeners.delete(hear)
      end()
    }
  }

  passHint(shard: number, hint: string): void {
    if (this.#parts.isAlive()) this.#air.pass(this, shard, hint)
  }

  /** Hints that this node sees to itself reach no other, until what is returned was called. */
  #keep(transactions: readonly Transaction[]): () => void {
    const { kept } = this.#air
    const ours: string[] = []
    for (const { writes } of transactions) {
      for (const write of writes) {
        if (write.kind !== 'hint' || this.#keeps?.(write.hint) !== true || kept.has(write.hint)) continue
        kept.set(write.hint, this)
        ours.push(write.hint)
      }
    }
    return () => {
      for (const hint of ours) kept.delete(hint)
    }
  }

  /** The ledger is everybody's. */
  async close(): Promise<void> {}

  #isFullFor(transactions: readonly Transaction[]): boolean {
    const { clock, weather } = this.#parts
    if (clock.now() >= weather.fullUntil) return false
    return transactions.some(({ writes }) => {
      const ends = writes.some(({ kind }) => kind === 'settle' || kind === 'withdraw' || kind === 'drop')
      return !ends && writes.some(({ kind }) => kind === 'enqueue')
    })
  }

  #delayMs(): number {
    const { dice, weather } = this.#parts
    const factor = dice.chance(weather.slowness) ? 20 : 1
    return Math.min(latestMs, dice.between(0, weather.ledgerMs * factor))
  }

  #fate(): Fate {
    const { clock, dice, weather } = this.#parts
    if (clock.now() < this.#cutOffUntil) return dice.pick(['never', 'late', 'never'])
    return dice.chance(weather.faultiness) ? dice.pick(['never', 'lost', 'late']) : 'fine'
  }

  #call<T>(carryOut: () => Promise<T>): Promise<T> {
    const { clock, dice, isAlive, isReplaced, act: whenAwake } = this.#parts
    const fate = this.#fate()
    const thereMs = this.#delayMs()
    const backMs = this.#delayMs()
    return new Promise((resolve, reject) => {
      const after = (ms: number, act: () => void) => clock.at(clock.now() + ms, act)
      const answer = (settle: () => void) => after(backMs, () => whenAwake(settle))
      const giveUp = () => answer(() => reject(new LedgerFault(`the call's fate: ${fate}`)))
      const fault = (error: unknown) => answer(() => reject(error))
      const arrive = (act: () => void) => () => {
        // Of what a crashed node had sent, some arrives.
        if (isAlive() || (!isReplaced() && dice.chance(0.5))) act()
      }
      if (fate === 'fine' || fate === 'lost') {
        const then = (value: T) => answer(() => resolve(value))
        after(
          thereMs,
          arrive(() => void carryOut().then(fate === 'fine' ? then : giveUp, fault)),
        )
        return
      }
      after(thereMs, giveUp)
      if (fate === 'late') {
        const late = arrive(() => void carryOut().catch(() => {}))
        after(thereMs + dice.between(0, latestMs), late)
      }
    })
  }
}

/** Where there was no room for what a dead holder left, it still holds that; a refused retirement tells the node. */
const isRetirement = ({ writes }: Transaction): boolean => writes.every(({ kind }) => kind === 'retire')
