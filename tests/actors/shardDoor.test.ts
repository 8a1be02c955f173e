/** A shard's door by hand: every order answered once, one call at a time, whatever the ledger does. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodeEffect, NodeFailure } from '../../src/actors/effects.js'
import type { Ticketed } from '../../src/actors/orderQueue.js'
import type { From } from '../../src/actors/runtime/effect.js'
import { claimDeadlineMs, type ShardDoorMessage, type ShardDoorState, shardDoor } from '../../src/actors/shardDoor.js'
import type { Answer, ClaimReply, ClaimRequest, Transaction } from '../../src/ledger/port.js'
import type { Outcome } from '../../src/tasks/procedure.js'
import { Stepper } from './stepper.js'

const order = (ticket: number, { drains = false, tenant = 't_a' } = {}): Ticketed => ({
  ticket,
  order: { shard: 0, tenant, drains, transaction: transactionOf(ticket) },
  bytes: 100,
})

/** Names its ticket. */
const transactionOf = (ticket: number): Transaction => ({ guards: [], writes: [{ kind: 'drop', record: `${ticket}` }] })

const ticketsOf = (transactions: readonly Transaction[]): number[] =>
  transactions.map(({ writes: [write] }) => (write?.kind === 'drop' ? Number(write.record) : -1))

const done = (transactions: readonly Transaction[]): readonly Answer[] => transactions.map(() => ({ kind: 'done' }))

type Commit = { readonly seq: number; readonly transactions: readonly Transaction[] }

class World {
  readonly door: Stepper<ShardDoorState, ShardDoorMessage, NodeEffect, { readonly shard: number }>
  commit: Commit | null = null
  readonly commits: Commit[] = []
  readonly answers = new Map<number, Outcome>()
  readonly claims: { readonly seq: number; readonly request: ClaimRequest }[] = []
  readonly replies: { readonly to: From; readonly tasks: number | null }[] = []
  readonly looks: number[] = []
  readonly failures: NodeFailure[] = []
  readonly wakes = new Map<string, number>()

  constructor() {
    this.door = new Stepper(shardDoor, { shard: 0 })
  }

  tell(message: ShardDoorMessage): void {
    for (const effect of this.door.tell(message)) this.#carryOut(effect)
  }

  orders(...orders: readonly Ticketed[]): void {
    this.tell({ kind: 'orders', orders })
  }

  /** The commit under way is answered. */
  answer(kind: 'done' | 'full' | 'fault'): void {
    const { commit } = this
    if (commit === null) throw new Error('no commit is under way')
    this.commit = null
    const { seq, transactions } = commit
    if (kind === 'fault') this.tell({ kind: 'faulted', seq, why: 'away' })
    else if (kind === 'full') this.tell({ kind: 'committed', seq, reply: { kind: 'full' } })
    else {
      const reply = { kind: 'answers', answers: done(transactions), now: this.door.now } as const
      this.tell({ kind: 'committed', seq, reply })
    }
  }

  wake(key: string): void {
    this.door.now = Math.max(this.door.now, this.wakes.get(key) ?? 0)
    if (this.wakes.delete(key)) this.tell({ kind: 'woke', key })
  }

  claim(tag: number): void {
    this.tell({ kind: 'claim', from: { address: 'dispatcher/t_a', tag }, request })
  }

  claimed(reply: ClaimReply | 'fault'): void {
    const { seq = 0 } = this.claims.at(-1) ?? {}
    if (reply === 'fault') this.tell({ kind: 'claimFaulted', seq, why: 'away' })
    else this.tell({ kind: 'claimed', seq, reply })
  }

  #carryOut(effect: NodeEffect): void {
    switch (effect.kind) {
      case 'ledgerCommit': {
        expect(this.commit, 'one commit at a time').toBeNull()
        this.commit = effect
        this.commits.push(effect)
        return
      }
      case 'ledgerClaim':
        this.claims.push(effect)
        return
      case 'answer':
        for (const [at, ticket] of effect.tickets.entries()) {
          const outcome = effect.outcomes[at]
          expect(this.answers.has(ticket), `ticket ${ticket} is answered once`).toBe(false)
          if (outcome !== undefined) this.answers.set(ticket, outcome)
        }
        return
      case 'reply': {
        const { reply } = effect.message as unknown as {
          readonly reply: { readonly claimed: readonly unknown[] } | null
        }
        this.replies.push({ to: effect.to, tasks: reply?.claimed.length ?? null })
        return
      }
      case 'tell':
        this.looks.push(this.claims.length)
        return
      case 'wake':
        this.wakes.set(effect.key, effect.at)
        return
      case 'failNode':
        this.failures.push(effect.failure)
        return
      default:
        throw new Error(`a door asks for ${effect.kind}`)
    }
  }
}

const request: ClaimRequest = {
  lanes: [{ lane: 't_a/mail/normal', share: 1 }],
  takers: [{ agent: 'a' }],
  maxBytes: 1,
  writes: {},
  entryField: 'entry',
  overdueField: 'expiresAt',
}

const claimedNothing = { kind: 'claimed', claimed: [], overdue: [], now: 0 } as const

describe('commits', () => {
  test('[J30] gather while one is under way, and go together', () => {
    const world = new World()
    world.orders(order(1))
    world.orders(order(2), order(3))
    world.orders(order(4))
    world.answer('done')
    expect(world.commits.map(({ transactions }) => ticketsOf(transactions))).toEqual([[1], [2, 3, 4]])
    world.answer('done')
    expect([...world.answers]).toEqual([1, 2, 3, 4].map((ticket) => [ticket, { kind: 'done' }]))
  })

  test('[G7 J31] of unknown outcome go again as they were, under their seq, ever less often', () => {
    const world = new World()
    world.orders(order(1))
    world.orders(order(2))
    const waits: number[] = []
    for (let again = 0; again < 8; again++) {
      world.answer('fault')
      waits.push((world.wakes.get('again') ?? 0) - world.door.now)
      world.wake('again')
    }
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000])
    expect(world.door.state.faults).toBe(8)
    world.answer('done')
    expect(world.door.state.faults).toBe(0)
    for (const again of world.commits.slice(0, -1)) expect(again).toEqual(world.commits[0])
    expect(world.commits.at(-1)).toMatchObject({ seq: 2 })
  })

  test('[G9 J32] for which there is no room: what adds is refused, what drains goes again under a number of its own', () => {
    const world = new World()
    world.orders(order(1, { drains: true }), order(2))
    world.orders(order(3), order(4, { drains: true }))
    world.answer('full')
    expect([...world.answers]).toEqual([
      [2, { kind: 'overloaded', retryAfterMs: 250 }],
      [3, { kind: 'overloaded', retryAfterMs: 250 }],
    ])
    world.orders(order(5), order(6, { drains: true }))
    expect(world.answers.get(5)).toMatchObject({ kind: 'overloaded' })
    world.wake('again')
    expect(world.commits.map(({ seq }) => seq)).toEqual([1, 2])
    world.answer('done')
    world.answer('done')
    for (const ticket of [1, 4, 6]) expect(world.answers.get(ticket)).toEqual({ kind: 'done' })
    world.orders(order(7))
    world.answer('done')
    expect(world.answers.get(7)).toEqual({ kind: 'done' })
  })

  test('[G9 J33] wait in a bounded number; what drains has more room than what adds', () => {
    const world = new World()
    world.orders(order(0))
    const adding = Array.from({ length: 20_001 }, (_, i) => order(1 + i))
    const draining = Array.from({ length: 60_001 }, (_, i) => order(50_000 + i, { drains: true }))
    world.orders(...adding)
    world.orders(...draining)
    expect([...world.answers.keys()]).toEqual([20_001, 110_000])
  })

  test('[G1 G9 J34] are answered once each, in any weather, and in order for each tenant', () => {
    const event = fc.oneof(
      { weight: 4, arbitrary: fc.record({ drains: fc.boolean(), tenant: fc.constantFrom('t_a', 't_b') }) },
      { weight: 3, arbitrary: fc.constantFrom('done' as const, 'done' as const, 'full' as const, 'fault' as const) },
      { weight: 2, arbitrary: fc.constant('wake' as const) },
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 150, size: 'max' }), (events) => {
        const world = new World()
        const given: Ticketed[] = []
        const committed: number[] = []
        const answer = (kind: 'done' | 'full' | 'fault') => {
          if (kind === 'done') committed.push(...ticketsOf(world.commit?.transactions ?? []))
          world.answer(kind)
        }
        for (const one of events) {
          if (one === 'wake') world.wake('again')
          else if (typeof one === 'object') {
            given.push(order(given.length, one))
            world.orders(...given.slice(-1))
          } else if (world.commit !== null) answer(one)
        }
        for (;;) {
          world.wake('again')
          if (world.commit === null) break
          answer('done')
        }
        expect([...world.answers.keys()].sort((a, b) => a - b)).toEqual(given.map(({ ticket }) => ticket))
        const isDone = ({ ticket }: Ticketed) => world.answers.get(ticket)?.kind === 'done'
        for (const one of given) if (one.order.drains) expect(isDone(one)).toBe(true)
        for (const tenant of ['t_a', 't_b']) {
          const mine = given.filter((one) => one.order.tenant === tenant && isDone(one)).map(({ ticket }) => ticket)
          expect(committed.filter((ticket) => mine.includes(ticket))).toEqual(mine)
        }
        const contents = new Map<number, string>()
        for (const { seq, transactions } of world.commits) {
          const content = String(ticketsOf(transactions))
          expect(contents.get(seq) ?? content, 'a seq is always the same call').toBe(content)
          contents.set(seq, content)
        }
        const seqs = world.commits.map(({ seq }) => seq)
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
      }),
      { numRuns: 300 },
    )
  })

  test('[G7 J35] of a holder that was declared dead say so to the node, and stay unanswered', () => {
    const world = new World()
    world.orders(order(1))
    world.tell({ kind: 'committed', seq: 1, reply: { kind: 'buried' } })
    expect(world.failures).toMatchObject([{ kind: 'buried' }])
    expect(world.answers.size).toBe(0)
  })

  test('[J35] answers to another seq are nobody’s', () => {
    const world = new World()
    world.orders(order(1))
    world.tell({ kind: 'committed', seq: 7, reply: { kind: 'full' } })
    world.tell({ kind: 'faulted', seq: 7, why: 'late' })
    expect(world.answers.size + world.wakes.size).toBe(0)
  })
})

describe('claims', () => {
  test('[J36] go one at a time, each answered to whoever asked', () => {
    const world = new World()
    world.claim(1)
    world.claim(2)
    expect(world.claims.map(({ seq }) => seq)).toEqual([1])
    world.claimed(claimedNothing)
    world.claimed({ kind: 'full' })
    expect(world.claims.map(({ seq }) => seq)).toEqual([1, 2])
    expect(world.replies.map(({ to, tasks }) => [to.tag, tasks])).toEqual([
      [1, 0],
      [2, null],
    ])
  })

  test('[G1 J37] of unknown outcome: the next seq goes with a claim of nothing, then the look, then other claims', () => {
    const world = new World()
    world.claim(1)
    world.claim(2)
    world.claimed('fault')
    expect(world.replies).toMatchObject([{ to: { tag: 1 }, tasks: null }])
    expect(world.claims).toHaveLength(1)
    world.wake('raise')
    expect(world.claims[1]).toMatchObject({ seq: 2, request: { lanes: [], takers: [] } })
    world.claimed('fault')
    world.wake('raise')
    expect(world.claims[2]).toMatchObject({ seq: 3, request: { lanes: [] } })
    expect(world.looks).toEqual([])
    world.claimed(claimedNothing)
    expect(world.looks).toEqual([3])
    expect(world.claims).toHaveLength(3)
    world.tell({ kind: 'looked' })
    expect(world.claims[3]).toMatchObject({ seq: 4, request })
  })

  test('[G1 J37] answered when nobody waits any more are looked for too', () => {
    const world = new World()
    world.claim(1)
    world.door.now += claimDeadlineMs
    world.claimed(claimedNothing)
    expect(world.looks).toEqual([1])
    expect(world.replies).toEqual([])
  })

  test('[G1 J38] that nobody may know of are looked for when told so, once claims under way are answered', () => {
    const world = new World()
    world.claim(1)
    world.tell({ kind: 'doubt' })
    world.claim(2)
    world.wake('raise')
    expect(world.claims).toHaveLength(1)
    world.claimed(claimedNothing)
    expect(world.claims[1]).toMatchObject({ request: { lanes: [] } })
    world.claimed(claimedNothing)
    expect(world.looks).toEqual([2])
    world.tell({ kind: 'looked' })
    expect(world.claims[2]).toMatchObject({ request })
  })

  test('[J38] a look that ends while there is new doubt does not end the doubt', () => {
    const world = new World()
    world.tell({ kind: 'doubt' })
    world.wake('raise')
    world.claimed(claimedNothing)
    world.tell({ kind: 'doubt' })
    world.tell({ kind: 'looked' })
    world.claim(1)
    expect(world.claims).toHaveLength(1)
    world.wake('raise')
    world.claimed(claimedNothing)
    world.tell({ kind: 'looked' })
    expect(world.claims.at(-1)).toMatchObject({ request })
  })
})

test('[J39] answers overtake orders, so that a batch under way ends before the next ones wait', () => {
  for (const kind of ['committed', 'faulted', 'claimed', 'claimFaulted']) {
    expect([...(shardDoor.control ?? [])]).toContain(kind)
  }
})
