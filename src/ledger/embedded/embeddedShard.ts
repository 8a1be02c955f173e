/**
 * One shard: a call is carried out at once, in memory, and answered once the store has made it durable.
 *
 * Claims and reads wait for that too, so that nobody acts on what a crash could take back: an agent at work on a task
 * whose claim is gone would work in vain.
 */
import {
  type Answer,
  type ClaimReply,
  type ClaimRequest,
  type CommitReply,
  type Fields,
  type HeldEntry,
  type Holder,
  type HolderState,
  LedgerFault,
  type LogPage,
  type Page,
  type Transaction,
} from '../port.js'
import { Claims } from './claims.js'
import { isHeld } from './guards.js'
import { InvalidWrite } from './names.js'
import { checkHolder, Plan } from './plan.js'
import type { SetRange } from './sets.js'
import { ShardState } from './shardState.js'
import type { Store } from './store.js'

export type ShardOptions = {
  readonly recordsInMemory: number
  readonly now: () => number
  readonly hint: (hint: string) => void
  /** Whether there is too little room for what only adds. */
  readonly isScarce: () => boolean
}

const done: Answer = { kind: 'done' }

export class EmbeddedShard {
  readonly #store: Store
  readonly #options: ShardOptions
  readonly #state: ShardState
  constructor(store: Store, shard: number, options: ShardOptions) {
    this.#store = store
    this.#options = options
    this.#state = new ShardState(store, shard, options.recordsInMemory)
  }

  get now(): number {
    return this.#state.now
  }

  async commit(holder: Holder, seq: number, transactions: readonly Transaction[]): Promise<CommitReply> {
    checkCaller(holder, seq, 1)
    const now = this.#options.now()
    const calls = this.#state.holders.calls(holder)
    if (calls.isBuried) return { kind: 'buried' }
    if (seq < calls.seq) return { kind: 'oldSeq' }
    const isRepeat = seq === calls.seq
    if (!isRepeat && this.#isFull(transactions)) return { kind: 'full' }
    // The time goes with the answer, and must not go back after a start.
    if (isRepeat) this.#state.save(now)
    const { answers, hints } = isRepeat
      ? { answers: calls.answers, hints: [] }
      : this.#carryOut(holder, seq, transactions, now)
    await this.#store.settled()
    for (const hint of hints) this.#options.hint(hint)
    return { kind: 'answers', answers, now }
  }

  async claim(holder: Holder, claimSeq: number, request: ClaimRequest): Promise<ClaimReply> {
    checkCaller(holder, claimSeq, 0)
    const now = this.#options.now()
    const calls = this.#state.holders.calls(holder)
    if (calls.isBuried) return { kind: 'buried' }
    if (claimSeq < calls.claimSeq) return { kind: 'oldSeq' }
    if (this.#isBlocked()) return { kind: 'full' }
    const claims = new Claims(this.#state, holder, request, now)
    claims.carryOut()
    if (claimSeq > calls.claimSeq || !this.#state.holders.has(holder)) this.#state.holders.save(holder, { claimSeq })
    this.#state.save(now)
    const { claimed, overdue } = claims
    await this.#store.settled()
    return { kind: 'claimed', claimed, overdue, now }
  }

  held(holder: Holder): Promise<readonly HeldEntry[]> {
    return this.#durably(this.#state.lanes.held(holder))
  }

  holders(): Promise<readonly HolderState[]> {
    return this.#durably(this.#state.holders.list((holder) => this.#state.lanes.heldCount(holder)))
  }

  read(names: readonly string[]): Promise<readonly (Fields | null)[]> {
    const { records } = this.#state
    records.forget()
    const found = names.map((name) => records.find(name))
    const isDurable = found.every(({ slot }) => slot?.group?.isDurable === true)
    return this.#durably(
      found.map((one) => records.fields(one)),
      isDurable,
    )
  }

  range(set: string, options: SetRange): Promise<Page> {
    return this.#durably(this.#state.sets.range(set, options))
  }

  log(log: string, { after, limit }: { readonly after?: string; readonly limit: number }): Promise<LogPage> {
    const { logs } = this.#state
    return this.#durably(logs.read(log, after, limit), logs.isDurable(log))
  }

  ready(prefix: string): Promise<readonly { readonly lane: string; readonly waiting: number }[]> {
    return this.#durably(this.#state.lanes.ready(prefix))
  }

  #carryOut(holder: Holder, seq: number, transactions: readonly Transaction[], now: number) {
    const hints = new Set<string>()
    let isRetired = false
    const answers = transactions.map((transaction) => {
      const answer = this.#carryOutOne(holder, transaction, hints)
      if (answer.kind === 'done')
        isRetired ||= transaction.writes.some((write) => write.kind === 'retire' && write.holder === holder)
      return answer
    })
    // Who retires itself is forgotten, this call included.
    if (!isRetired) this.#state.holders.save(holder, { seq, answers })
    this.#state.save(now)
    return { answers, hints }
  }

  #carryOutOne(holder: Holder, { guards, writes }: Transaction, hints: Set<string>): Answer {
    try {
      for (const guard of guards) if (!isHeld(guard, this.#state, holder)) return { kind: 'refused', guard }
      const plan = new Plan(this.#state, holder, writes)
      plan.check()
      plan.carryOut((hint) => hints.add(hint))
      return done
    } catch (error) {
      if (error instanceof InvalidWrite) return { kind: 'invalid', why: error.message }
      throw error
    }
  }

  #isFull(transactions: readonly Transaction[]): boolean {
    return this.#isBlocked() || (this.#options.isScarce() && transactions.some(adds))
  }

  #isBlocked(): boolean {
    const { obstacle } = this.#store
    if (obstacle === 'broken')
      throw new LedgerFault("the ledger's journal is broken: look at its disk, then start again")
    return obstacle === 'full'
  }

  /** `isDurable`: what was seen is, whatever else is under way. */
  async #durably<T>(result: T, isDurable = false): Promise<T> {
    if (!isDurable && !this.#store.isSettled) await this.#store.settled()
    return result
  }
}

/** Lets something new wait and ends nothing: refused while room is scarce, so that there is some for what drains. */
function adds({ writes }: Transaction): boolean {
  const ends = writes.some(({ kind }) => kind === 'settle' || kind === 'withdraw' || kind === 'drop')
  return !ends && writes.some(({ kind }) => kind === 'enqueue')
}

function checkCaller(holder: Holder, seq: number, least: number): void {
  checkHolder(holder)
  if (!Number.isSafeInteger(seq) || seq < least)
    throw new RangeError(`seq: expected a whole number from ${least} on, got ${seq}`)
}
