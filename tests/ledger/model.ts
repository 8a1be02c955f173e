/**
 * The ledger as a plain model, obviously right: everything in maps, and a transaction that fails is undone.
 *
 * It stands for a ledger that outlives its nodes: each may have a handle of its own on one `ModelWorld`. No timers;
 * calls settle in microtasks.
 */
import {
  type Answer,
  type ClaimReply,
  type ClaimRequest,
  type CommitReply,
  type HintListener,
  type Ledger,
  LedgerFault,
  type Transaction,
} from '../../src/ledger/port.js'
import { claimFrom } from './modelClaim.js'
import { ModelShard } from './modelShard.js'
import { carryOutWrite, fieldsAfter, Invalid, isHeld } from './modelTransaction.js'

export type ModelOptions = {
  /** ms since the epoch; may go back. */
  readonly now: () => number
  readonly shards?: number
  readonly generation?: string
}

/** What all handles share. */
export class ModelWorld {
  readonly shards: ModelShard[]
  readonly listeners = new Set<(shard: number, hint: string) => void>()
  readonly secrets = new Map<string, Uint8Array>()
  readonly generation: string
  readonly #clock: () => number
  #now = 0

  constructor({ now, shards = 1, generation = 'model' }: ModelOptions) {
    this.#clock = now
    this.generation = generation
    this.shards = Array.from({ length: shards }, () => new ModelShard())
  }

  now(): number {
    this.#now = Math.max(this.#now, Math.floor(this.#clock()))
    return this.#now
  }

  /** A node's own handle: closing it leaves the world as it is. */
  open(): Ledger {
    return new ModelLedger(this)
  }
}

export const createModelLedger = (options: ModelOptions): Ledger => new ModelWorld(options).open()

class ModelLedger implements Ledger {
  readonly shards: number
  readonly durability: Ledger['durability']
  readonly #world: ModelWorld
  readonly #own = new Set<(shard: number, hint: string) => void>()
  #isClosed = false

  constructor(world: ModelWorld) {
    this.#world = world
    this.shards = world.shards.length
    this.durability = { generation: world.generation, durability: 'memory', windowMs: 0 }
  }

  async secret(name: string): Promise<Uint8Array> {
    const known = this.#open().secrets.get(name) ?? new TextEncoder().encode(name.padEnd(32, '.')).slice(0, 32)
    this.#world.secrets.set(name, known)
    return known.slice()
  }

  now(): number {
    return this.#world.now()
  }

  async commit(shard: number, holder: string, seq: number, transactions: readonly Transaction[]): Promise<CommitReply> {
    const state = this.#shard(shard)
    const now = this.#world.now()
    checkCaller(holder, seq, 1)
    const calls = state.holder(holder)
    if (calls.buried) return { kind: 'buried' }
    if (seq < calls.seq) return { kind: 'oldSeq' }
    if (seq === calls.seq) return { kind: 'answers', answers: calls.answers, now }
    const hints = new Set<string>()
    const retired = { self: false }
    const answers = transactions.map((transaction) => this.#carryOut(shard, holder, transaction, hints, retired))
    if (!retired.self) state.holders.set(holder, { ...state.holder(holder), seq, answers })
    for (const hint of hints) for (const listener of [...this.#world.listeners]) listener(shard, hint)
    return { kind: 'answers', answers, now }
  }

  async claim(shard: number, holder: string, claimSeq: number, request: ClaimRequest): Promise<ClaimReply> {
    const state = this.#shard(shard)
    const now = this.#world.now()
    checkCaller(holder, claimSeq, 0)
    const calls = state.holder(holder)
    if (calls.buried) return { kind: 'buried' }
    if (claimSeq < calls.claimSeq) return { kind: 'oldSeq' }
    for (const patch of [request.writes, ...request.takers]) fieldsAfter({}, patch)
    state.holders.set(holder, { ...calls, claimSeq })
    return { kind: 'claimed', ...claimFrom({ state, holder, request, now }), now }
  }

  async held(shard: number, holder: string) {
    return this.#shard(shard)
      .pendingOf(holder)
      .map(({ lane, id, record }) => ({ lane, entry: id, record }))
  }

  async holders(shard: number) {
    const state = this.#shard(shard)
    return [...state.holders]
      .map(([holder, { buried, seq }]) => ({ holder, buried, pending: state.pendingOf(holder).length, seq }))
      .sort((left, right) => byBytes(left.holder, right.holder))
  }

  async read(shard: number, records: readonly string[]) {
    const state = this.#shard(shard)
    return records.map((record) => state.records.get(record) ?? null)
  }

  async range(shard: number, set: string, options: Parameters<Ledger['range']>[2]) {
    const { after, limit, upTo = Number.POSITIVE_INFINITY, descending = false } = options
    const direction = descending ? -1 : 1
    const order = (left: readonly [string, number], right: readonly [string, number]) =>
      direction * (left[1] - right[1] || byBytes(left[0], right[0]))
    const last = after === undefined ? undefined : (JSON.parse(after) as [string, number])
    const members = [...(this.#shard(shard).sets.get(set) ?? [])]
      .filter((one) => one[1] <= upTo && (last === undefined || order(one, last) > 0))
      .sort(order)
    const page = members.slice(0, limit)
    const cursor = members.length > limit ? { cursor: JSON.stringify(page.at(-1)) } : {}
    return { members: page.map(([member, score]) => ({ member, score })), ...cursor }
  }

  async log(shard: number, log: string, { after = '', limit }: Parameters<Ledger['log']>[2]) {
    const all = [...(this.#shard(shard).logs.get(log) ?? [])].sort(([left], [right]) => (left < right ? -1 : 1))
    const entries = all.filter(([id]) => id > after).slice(0, limit)
    return { entries: entries.map(([id, entry]) => ({ id, entry })), size: all.length }
  }

  async ready(shard: number, prefix: string) {
    const state = this.#shard(shard)
    return [...state.lanes.keys()]
      .map((lane) => ({ lane, waiting: state.waiting(lane).length }))
      .filter(({ lane, waiting }) => waiting > 0 && lane.startsWith(prefix))
      .sort((left, right) => byBytes(left.lane, right.lane))
  }

  onHint(listener: HintListener): () => void {
    const own = (shard: number, hint: string) => listener(shard, hint, false)
    this.#world.listeners.add(own)
    this.#own.add(own)
    return () => this.#world.listeners.delete(own)
  }

  /** All are told of everything. */
  passHint(): void {}

  async close(): Promise<void> {
    this.#isClosed = true
    for (const own of this.#own) this.#world.listeners.delete(own)
  }

  #open(): ModelWorld {
    if (this.#isClosed) throw new LedgerFault('the ledger is closed')
    return this.#world
  }

  #shard(shard: number): ModelShard {
    const state = this.#open().shards[shard]
    if (state === undefined) throw new RangeError(`shard: ${shard}`)
    return state
  }

  #carryOut(
    shard: number,
    holder: string,
    { guards, writes }: Transaction,
    hints: Set<string>,
    retired: { self: boolean },
  ): Answer {
    const state = this.#shard(shard)
    state.undo.begin()
    const told: string[] = []
    try {
      for (const guard of guards) if (!isHeld(state, guard, holder)) return { kind: 'refused', guard }
      for (const write of writes) carryOutWrite(state, write, holder, told)
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      state.undo.back()
      return { kind: 'invalid', why: error.message }
    }
    for (const hint of told) hints.add(hint)
    retired.self ||= writes.some((write) => write.kind === 'retire' && write.holder === holder)
    return { kind: 'done' }
  }
}

function checkCaller(holder: string, seq: number, least: number): void {
  if (holder.length === 0 || holder.length > 128) throw new RangeError('holder: 1 to 128 characters')
  if (!Number.isSafeInteger(seq) || seq < least) throw new RangeError(`seq: ${seq}`)
}

export const byBytes = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right))
