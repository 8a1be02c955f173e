/**
 * Two ledgers that are asked the same: a driver's and the model.
 *
 * Their ids differ, so a command names an entry by a number, and what they answer is compared with the ids translated.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Guard, Ledger, Patch, Scalar, Transaction, Write } from '../../src/ledger/port.js'
import { createModelLedger } from './model.js'

const holders = ['n1.a', 'n1.b', 'n2']
const lanes = ['t/q/high', 't/q/low', 'ü/q']
const records = ['task/1', 'task/2', 'task/ü', 'count']
const sets = ['open', 'due']
const members = ['a', 'b', 'ab', 'z', '\u{1f600}', '\uffee']
const logs = ['out/1', 'audit']
const fields = ['status', 'n', 'payload', 'entry', 'due']
const nowhere = 'nowhere'
const compareEvery = 5

/** A guard or write whose entry, if it has one, is a number: one of those that are known. */
type Draft<T> = T extends { readonly entry: string } ? Omit<T, 'entry'> & { readonly entry: number } : T

type DraftGuard = Draft<Guard>
type DraftWrite =
  | Draft<Exclude<Write, { kind: 'append' | 'trim' }>>
  | { kind: 'append'; log: string; entry: Uint8Array }
  | { kind: 'trim'; log: string; upTo: number }
type DraftTransaction = { readonly guards: readonly DraftGuard[]; readonly writes: readonly DraftWrite[] }

export type Command =
  | {
      readonly kind: 'commit'
      readonly holder: string
      readonly step: -1 | 0 | 1
      readonly transactions: readonly DraftTransaction[]
    }
  | {
      readonly kind: 'claim'
      readonly holder: string
      readonly takers: number
      readonly shares: readonly number[]
      readonly maxBytes: number
      readonly avoid: boolean
    }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'reopen' }

const name = <T extends string>(names: readonly T[]) => fc.constantFrom(...names)
const entry = fc.nat({ max: 12 })
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 8 }),
  fc.constantFrom(1_025, 5_000).map((size) => new Uint8Array(size).fill(size % 251)),
)
const scalar: fc.Arbitrary<Scalar> = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.boolean(),
  bytes,
  fc.constantFrom('QUEUED', '', 'ü', '\ud800', 'x'.repeat(2_000)),
)
const patch: fc.Arbitrary<Patch> = fc.dictionary(name(fields.filter((one) => one !== 'entry')), fc.option(scalar), {
  maxKeys: 3,
})

const guard: fc.Arbitrary<DraftGuard> = fc.oneof(
  fc.record({ kind: fc.constant('absent' as const), record: name(records) }),
  fc.record({
    kind: fc.constant('equals' as const),
    record: name(records),
    field: name(fields),
    value: fc.option(scalar),
  }),
  fc.record({
    kind: fc.constant('below' as const),
    record: name(records),
    field: name(fields),
    n: fc.integer({ min: -2, max: 4 }),
  }),
  fc.record({ kind: fc.constant('holds' as const), lane: name(lanes), entry }),
  fc.record({ kind: fc.constant('pending' as const), lane: name(lanes), entry }),
  fc.record({ kind: fc.constant('epoch' as const), n: fc.nat({ max: 2 }) }),
  fc.record({ kind: fc.constant('atMost' as const), lane: name(lanes), n: fc.nat({ max: 5 }) }),
)

const put = fc.record({ kind: fc.constant('put' as const), record: name(records), fields: patch })
const enqueue = fc.record({
  kind: fc.constant('enqueue' as const),
  lane: name(lanes),
  record: name(records),
  idInto: fc.constant('entry'),
})
const write: fc.Arbitrary<DraftWrite> = fc.oneof(
  { arbitrary: put, weight: 4 },
  { arbitrary: enqueue, weight: 4 },
  fc.record({
    kind: fc.constant('add' as const),
    record: name(records),
    field: name(fields),
    n: fc.integer({ min: -2, max: 2 }),
  }),
  fc.record({ kind: fc.constant('drop' as const), record: name(records) }),
  fc.record({ kind: fc.constant('append' as const), log: name(logs), entry: bytes }),
  fc.record({ kind: fc.constant('trim' as const), log: name(logs), upTo: fc.nat({ max: 6 }) }),
  fc.record({ kind: fc.constant('settle' as const), lane: name(lanes), entry }),
  fc.record({ kind: fc.constant('withdraw' as const), lane: name(lanes), entry }),
  fc.record({ kind: fc.constant('adopt' as const), lane: name(lanes), entry }),
  {
    arbitrary: fc.record({
      kind: fc.constant('index' as const),
      set: name(sets),
      member: name(members),
      score: fc.integer({ min: -2, max: 2 }),
    }),
    weight: 2,
  },
  fc.record({ kind: fc.constant('unindex' as const), set: name(sets), member: name(members) }),
  fc.record({ kind: fc.constant('raise' as const), epoch: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant('retire' as const), holder: name(holders) }),
  fc.record({ kind: fc.constant('hint' as const), hint: name(['a', 'b']) }),
)
const bury: fc.Arbitrary<DraftWrite> = fc.record({ kind: fc.constant('bury' as const), holder: name(holders) })

const transaction = fc.record({
  guards: fc.array(guard, { maxLength: 1 }),
  writes: fc.array(fc.oneof({ arbitrary: write, weight: 60 }, { arbitrary: bury, weight: 1 }), { maxLength: 4 }),
})

export const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      holder: name(holders),
      step: fc.constantFrom(1 as const, 1 as const, 1 as const, 1 as const, 0 as const, -1 as const),
      transactions: fc.array(transaction, { maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      holder: name(holders),
      takers: fc.nat({ max: 4 }),
      shares: fc.array(fc.nat({ max: 2 }), { minLength: lanes.length, maxLength: lanes.length }),
      maxBytes: fc.constantFrom(1, 1_000, 100_000),
      avoid: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: -2, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
)

/** An entry of a lane or log, as each of the two calls it. */
type Pair = { readonly model: string; readonly driver: string }

class Twins {
  readonly model: Ledger
  driver: Ledger
  readonly #open: () => Promise<Ledger>
  readonly #seqs = new Map<string, number>()
  readonly #entries: Pair[] = []
  readonly #logEntries: Pair[] = []
  readonly #hints: { model: string[]; driver: string[] } = { model: [], driver: [] }
  #now = 2

  constructor(model: (now: () => number) => Ledger, open: (now: () => number) => Promise<Ledger>) {
    this.model = model(() => this.#now)
    this.driver = this.model
    this.#open = () => open(() => this.#now)
    this.model.onHint((_, hint) => this.#hints.model.push(hint))
  }

  async reopen(): Promise<void> {
    if (this.driver !== this.model) await this.driver.close()
    this.driver = await this.#open()
    this.driver.onHint((_, hint) => this.#hints.driver.push(hint))
  }

  async run(command: Command): Promise<void> {
    switch (command.kind) {
      case 'commit':
        await this.#commit(command)
        break
      case 'claim':
        await this.#claim(command)
        break
      case 'pass':
        this.#now += command.ms
        break
      case 'reopen':
        await this.reopen()
    }
    expect(this.#hints.driver.splice(0)).toEqual(this.#hints.model.splice(0))
    await this.#pairEntries()
  }

  async #commit({ holder, step, transactions }: Command & { kind: 'commit' }): Promise<void> {
    const seq = Math.max(1, (this.#seqs.get(holder) ?? 0) + step)
    this.#seqs.set(holder, Math.max(seq, this.#seqs.get(holder) ?? 0))
    const [left, right] = await Promise.all([
      this.model.commit(
        0,
        holder,
        seq,
        transactions.map((one) => this.#translate(one, 'model')),
      ),
      this.driver.commit(
        0,
        holder,
        seq,
        transactions.map((one) => this.#translate(one, 'driver')),
      ),
    ])
    expect(right.kind).toBe(left.kind)
    if (left.kind !== 'answers' || right.kind !== 'answers') return
    expect(right.now).toBe(left.now)
    expect(right.answers.map(({ kind }) => kind)).toEqual(left.answers.map(({ kind }) => kind))
  }

  async #claim({ holder, takers, shares, maxBytes, avoid }: Command & { kind: 'claim' }): Promise<void> {
    const request = {
      lanes: lanes.map((lane, at) => ({ lane, share: shares[at] ?? 0 })),
      takers: Array.from({ length: takers }, (_, at) => ({ agent: `agent-${at % 2}` })),
      maxBytes,
      writes: { status: 'RUNNING' },
      entryField: 'entry',
      overdueField: 'due',
      ...(avoid ? { avoid: { field: 'agent', of: 'agent' } } : {}),
    }
    const [left, right] = await Promise.all([
      this.model.claim(0, holder, 1, request),
      this.driver.claim(0, holder, 1, request),
    ])
    expect(this.#toModel(right)).toEqual(left)
  }

  #translate({ guards, writes }: DraftTransaction, side: keyof Pair): Transaction {
    const one = <T extends object>(draft: T): unknown => {
      if ('upTo' in draft) return { ...draft, upTo: this.#logEntries[Number(draft.upTo)]?.[side] ?? '' }
      if (!('entry' in draft) || typeof draft.entry !== 'number') return draft
      return { ...draft, entry: this.#entries.at(-1 - draft.entry)?.[side] ?? nowhere }
    }
    return { guards: guards.map((guard) => one(guard) as Guard), writes: writes.map((write) => one(write) as Write) }
  }

  /** What the driver said, in the model's ids. */
  #toModel(said: unknown): unknown {
    if (typeof said === 'string') {
      return [...this.#entries, ...this.#logEntries].find(({ driver }) => driver === said)?.model ?? said
    }
    if (said instanceof Uint8Array) return new Uint8Array(said)
    if (Array.isArray(said)) return said.map((one) => this.#toModel(one))
    if (typeof said !== 'object' || said === null) return said
    return Object.fromEntries(Object.entries(said).map(([key, value]) => [key, this.#toModel(value)]))
  }

  /** All that can be read. */
  async compare(): Promise<void> {
    expect(this.#toModel(await this.driver.read(0, records))).toEqual(await this.model.read(0, records))
    expect(this.#toModel(await this.driver.holders(0))).toEqual(await this.model.holders(0))
    expect(await this.driver.ready(0, '')).toEqual(await this.model.ready(0, ''))
    for (const holder of holders)
      expect(this.#toModel(await this.driver.held(0, holder))).toEqual(await this.model.held(0, holder))
    for (const log of logs) {
      expect(this.#toModel(await this.driver.log(0, log, { limit: 50 }))).toEqual(
        await this.model.log(0, log, { limit: 50 }),
      )
    }
    for (const set of sets) for (const descending of [false, true]) await this.#compareSet(set, descending)
  }

  /** Page by page. */
  async #compareSet(set: string, descending: boolean): Promise<void> {
    const cursors: { model?: string; driver?: string } = {}
    for (;;) {
      const options = { limit: 2, upTo: 1, descending }
      const left = await this.model.range(
        0,
        set,
        cursors.model === undefined ? options : { ...options, after: cursors.model },
      )
      const right = await this.driver.range(
        0,
        set,
        cursors.driver === undefined ? options : { ...options, after: cursors.driver },
      )
      expect(right.members).toEqual(left.members)
      expect(right.cursor === undefined).toBe(left.cursor === undefined)
      if (left.cursor === undefined || right.cursor === undefined) return
      cursors.model = left.cursor
      cursors.driver = right.cursor
    }
  }

  /** Learns the ids that the last command made. */
  async #pairEntries(): Promise<void> {
    const pair = (pairs: Pair[], model: unknown, driver: unknown) => {
      if (typeof model !== 'string' || typeof driver !== 'string') return
      if (pairs.every((one) => one.driver !== driver)) pairs.push({ model, driver })
    }
    const [left, right] = await Promise.all([this.model.read(0, records), this.driver.read(0, records)])
    for (const at of records.keys()) pair(this.#entries, left[at]?.entry, right[at]?.entry)
    for (const log of logs) {
      const ours = await this.model.log(0, log, { limit: 50 })
      const theirs = await this.driver.log(0, log, { limit: 50 })
      for (const at of ours.entries.keys()) pair(this.#logEntries, ours.entries[at]?.id, theirs.entries[at]?.id)
    }
    for (const holder of holders) {
      const [ours, theirs] = await Promise.all([this.model.held(0, holder), this.driver.held(0, holder)])
      for (const at of ours.keys()) pair(this.#entries, ours[at]?.entry, theirs[at]?.entry)
    }
  }
}

/** Runs the commands on both. `open` opens the driver's ledger, empty at first, and the same one again when it was closed. */
export async function runTwins(
  commands: readonly Command[],
  open: (clock: () => number) => Promise<Ledger>,
): Promise<void> {
  const twins = new Twins((now) => createModelLedger({ now }), open)
  await twins.reopen()
  try {
    for (const [at, command] of commands.entries()) {
      await twins.run(command)
      if (at % compareEvery === 0) await twins.compare()
    }
    await twins.compare()
  } finally {
    await twins.driver.close()
  }
}
