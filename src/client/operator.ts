/**
 * An operator: looks at what the gate held, decides, and sees how the fleet does. Works in a browser, too.
 *
 * Calls are sent again over a lost connection: a second `decide` of the same person with the same decision is answered
 * like the first.
 */
import type { Ack, NodeFrame } from '../protocol/nodeFrames.js'
import type { CardFilter } from '../protocol/operatorFrames.js'
import type { AgentRecord, CardStatus, ReviewCard, TaskRecord, TaskStatus } from '../protocol/records.js'
import { type CallOptions, call } from './call.js'
import type { Frame } from './connection.js'
import { Fleet } from './fleet.js'
import { Link } from './link.js'
import type { LinkOptions, LinkState, StateListener } from './linkState.js'
import { type CardListener, cardsOf, Subscription } from './subscription.js'

export type Decision = {
  /** Of the card that was looked at: where it changed meanwhile, the answer is `CHANGED`. */
  readonly version?: number
} & (
  | {
      readonly status: 'APPROVED'
      /** Released instead of the output. */
      readonly edited?: unknown
      readonly reason?: string
      readonly reasonCode?: string
    }
  | { readonly status: 'REJECTED'; readonly reason: string; readonly reasonCode?: string }
)

/** What became of one card of a list: where it stands now, or why it wasn't decided. */
export type CardDecision = {
  readonly review: string
  readonly status?: CardStatus
  readonly version?: number
  readonly error?: { readonly code: string; readonly message: string }
}

/** A part of a list. `cursor` of the answer leads to the next part; where it is missing, that was all. */
export type Paging = { readonly limit?: number; readonly cursor?: string }

export type Page<Items> = Items & { readonly cursor?: string }

export interface SubscribeOptions {
  /** How many cards the list has at most. Default: 1,000. */
  readonly limit?: number
}

export class Operator {
  readonly #link: Link
  /** Pauses, bans and the halt. */
  readonly fleet: Fleet
  #subscription: Subscription | undefined

  /**
   * Connects by itself.
   * @throws ChimeraError `INVALID` for an address that is none
   */
  constructor(options: LinkOptions) {
    this.fleet = new Fleet((frame, given) => this.#call(frame, given))
    this.#link = new Link(options, {
      role: 'operator',
      hello: () => ({}),
      heartbeat: () => ({}),
      welcomed: () => this.#subscription?.read(),
      received: (frame) => this.#received(frame),
      forgot: () => this.#subscription?.read(),
      closed: (because) => this.#subscription?.stop(because),
    })
  }

  get state(): LinkState {
    return this.#link.state
  }

  /** Calls `listener` with each state of the connection from now on. Returns what ends it. */
  onState(listener: StateListener): () => void {
    return this.#link.onState(listener)
  }

  /**
   * Tells the cards that match, and from then on each change. An operator has one subscription: a second one replaces
   * the first. Resolves with what ends it, once the list was told; rejects where the node refuses the filter.
   */
  async subscribe(
    filter: CardFilter,
    listener: CardListener,
    { limit = 1_000 }: SubscribeOptions = {},
  ): Promise<() => void> {
    this.#subscription?.stop()
    const subscription = new Subscription(filter, limit, listener, (frame, options) => this.#call(frame, options))
    this.#subscription = subscription
    const end = () => {
      subscription.stop()
      if (this.#subscription === subscription) this.#subscription = undefined
    }
    const { state } = this.#link
    if (state.kind === 'closed') subscription.stop(state.because)
    // Otherwise the welcome begins it.
    else if (this.#link.current !== undefined) subscription.read()
    await subscription.listed.catch((error: unknown) => {
      end()
      throw error
    })
    return end
  }

  /** A card, whole. */
  async card(review: string, options?: CallOptions): Promise<ReviewCard> {
    return cardOf(await this.#call({ type: 'get', review }, options))
  }

  async cards(
    filter: CardFilter & Paging = {},
    options?: CallOptions,
  ): Promise<Page<{ readonly cards: readonly ReviewCard[]; readonly total: number }>> {
    const { limit, cursor, ...rest } = filter
    const ack = await this.#call({ type: 'cards', filter: rest, limit, cursor }, options)
    return { cards: cardsOf(ack), total: Number(ack.total), ...cursorOf(ack) }
  }

  /**
   * Approves or rejects, once. Resolves with the card as decided.
   * @throws ChimeraError `ALREADY_DECIDED`, `CLAIMED` or `CHANGED`, each with the `card` as it stands
   */
  async decide(review: string, decision: Decision, options?: CallOptions): Promise<ReviewCard> {
    return cardOf(await this.#call({ ...decision, type: 'decide', review }, options))
  }

  /**
   * Decides on each of up to 100 cards as it was seen; none of severity high. Resolves with an answer for each, in order.
   */
  async decideMany(
    cards: readonly { readonly review: string; readonly version: number }[],
    decision: { readonly status: 'APPROVED' | 'REJECTED'; readonly reason?: string; readonly reasonCode?: string },
    options?: CallOptions,
  ): Promise<readonly CardDecision[]> {
    const ack = await this.#call({ ...decision, type: 'decideMany', cards }, options)
    return listOf<CardDecision>(ack.decisions)
  }

  /**
   * Takes a card for a while, so that nobody else decides on it; again before that is over, for longer. `release` gives
   * it back; `force`, for admins, takes it from another.
   * @throws ChimeraError `CLAIMED` or `ALREADY_DECIDED`, each with the `card` as it stands
   */
  async claim(
    review: string,
    how: { readonly release?: boolean; readonly force?: boolean } = {},
    options?: CallOptions,
  ): Promise<ReviewCard> {
    return cardOf(await this.#call({ ...how, type: 'claim', review }, options))
  }

  /** Hands a card to an operator, or to all where `to` is missing. */
  async assign(
    review: string,
    { to, note }: { readonly to?: string; readonly note?: string } = {},
    options?: CallOptions,
  ): Promise<ReviewCard> {
    return cardOf(await this.#call({ type: 'assign', review, to, note }, options))
  }

  /** What is masked in a card. That it was asked for goes on record. */
  async reveal(
    review: string,
    options?: CallOptions,
  ): Promise<{ readonly output: unknown; readonly payload: unknown; readonly edited?: unknown }> {
    const { output, payload, edited } = await this.#call({ type: 'reveal', review }, options)
    return { output, payload, ...(edited === undefined ? {} : { edited }) }
  }

  /** Counts of cards, agents and tasks. */
  async stats(options?: CallOptions): Promise<Readonly<Record<string, unknown>>> {
    const { type, re, ...counts } = await this.#call({ type: 'stats' }, options)
    return counts
  }

  async tasks(
    filter: { readonly status?: TaskStatus; readonly queue?: string } & Paging = {},
    options?: CallOptions,
  ): Promise<Page<{ readonly tasks: readonly TaskRecord[] }>> {
    const ack = await this.#call({ ...filter, type: 'tasks' }, options)
    return { tasks: listOf<TaskRecord>(ack.tasks), ...cursorOf(ack) }
  }

  /** A task's record, whoever submitted it. */
  async task(task: string, options?: CallOptions): Promise<TaskRecord> {
    const ack = await this.#call({ type: 'getTask', task }, options)
    return ack.task as TaskRecord
  }

  /** Ends a task that has not ended. Resolves with the state it is in then, whatever ended it. */
  async cancel(task: string, reason?: string, options?: CallOptions): Promise<TaskStatus> {
    const ack = await this.#call({ type: 'cancelTask', task, reason }, options)
    return ack.status as TaskStatus
  }

  /** A new task from one that was FAILED, EXPIRED or REJECTED; resolves with its id, the same when asked again. */
  async replay(task: string, options?: CallOptions): Promise<string> {
    const ack = await this.#call({ type: 'replay', task }, options)
    return String(ack.task)
  }

  async agents(
    { limit, cursor }: Paging = {},
    options?: CallOptions,
  ): Promise<Page<{ readonly agents: readonly AgentRecord[] }>> {
    const ack = await this.#call({ type: 'agents', limit, cursor }, options)
    return { agents: listOf<AgentRecord>(ack.agents), ...cursorOf(ack) }
  }

  /** The audit log, oldest first. For admins. */
  async audit(
    { limit, cursor }: Paging = {},
    options?: CallOptions,
  ): Promise<Page<{ readonly entries: readonly unknown[] }>> {
    const ack = await this.#call({ type: 'audit', limit, cursor }, options)
    return { entries: listOf<unknown>(ack.entries), ...cursorOf(ack) }
  }

  /** Ends it. Calls without an answer are rejected. */
  close(): void {
    this.#link.close()
  }

  #call(frame: Frame, options: CallOptions | undefined): Promise<Ack> {
    return call(this.#link, frame, options)
  }

  #received(frame: NodeFrame): void {
    if (frame.type === 'card') this.#subscription?.changed(frame.card)
  }
}

const cardOf = ({ card }: Ack): ReviewCard => card as ReviewCard

const listOf = <Item>(items: unknown): readonly Item[] => (Array.isArray(items) ? items : [])

const cursorOf = ({ cursor }: Ack): { readonly cursor?: string } => (typeof cursor === 'string' ? { cursor } : {})
