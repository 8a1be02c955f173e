/**
 * Carries procedures out: takes the call that one yields, has it answered, and resumes it with the answer.
 *
 * Commits go through the shards' doors, which gather them into batches; reads go to the ledger at once. A call that
 * the ledger can't carry out is thrown into the procedure as `Unavailable`.
 */
import type { Clock } from '../clock.js'
import type { Ledger } from '../ledger/port.js'
import { type Call, type Order, type Outcome, type Procedure, Unavailable } from '../tasks/procedure.js'
import { shardDoorAddress } from './addresses.js'
import type { NodeOwnEffect } from './effects.js'
import type { Ticketed } from './orderQueue.js'
import type { ActorSystem } from './runtime/system.js'
import type { ShardDoorMessage } from './shardDoor.js'

export type Finish = {
  readonly done: (result: unknown) => void
  readonly failed: (why: 'unavailable' | 'bug', error: unknown) => void
}

export interface ProcedureRunner {
  run(procedure: Procedure<unknown>, finish: Finish): void
  /** As `run`, for whoever awaits: rejects with `Unavailable`, or what the procedure threw. */
  result<Result>(procedure: Procedure<Result>): Promise<Result>
  /** The doors' answers. */
  answer(tickets: readonly number[], outcomes: readonly Outcome[]): void
  /** Procedures under way. */
  count(): number
}

/** A procedure under way. */
type Run = { readonly procedure: Procedure<unknown>; readonly finish: Finish }

/** The answers of one `commit` call, as far as they are there. */
type Gathering = { readonly run: Run; readonly outcomes: Outcome[]; missing: number }

/** What becomes of a call: its answer, or what is thrown into the procedure instead. */
type Answered = { readonly value: unknown; readonly error?: never } | { readonly error: Unavailable }

type Ticket = { readonly gathering: Gathering; readonly at: number }

/** More than this under way, and the node has no room for another. */
const maxUnderWay = 100_000
const fullRetryMs = 250

export const createProcedureRunner = (
  ledger: Ledger,
  clock: Clock,
  system: () => ActorSystem<NodeOwnEffect>,
): ProcedureRunner => {
  const tickets = new Map<number, Ticket>()
  let nextTicket = 1
  let underWay = 0

  const start = (procedure: Procedure<unknown>, finish: Finish): void => {
    if (underWay >= maxUnderWay) {
      finish.failed('unavailable', new Unavailable('too much under way'))
      return
    }
    underWay++
    resume({ procedure, finish }, { value: undefined })
  }

  /** Takes one step, and all that follow without waiting. */
  const resume = (run: Run, answer: Answered): void => {
    const { procedure, finish } = run
    let result: IteratorResult<Call, unknown>
    try {
      result = answer.error === undefined ? procedure.next(answer.value) : procedure.throw(answer.error)
      while (!result.done && result.value.kind === 'now') result = procedure.next(clock.now())
    } catch (error) {
      underWay--
      finish.failed(error instanceof Unavailable ? 'unavailable' : 'bug', error)
      return
    }
    if (!result.done) {
      carryOut(run, result.value)
      return
    }
    underWay--
    finish.done(result.value)
  }

  const carryOut = (run: Run, call: Call): void => {
    if (call.kind === 'commit') gather(run, call.orders)
    else
      promiseOf(call).then(
        (value) => resume(run, { value }),
        (error: unknown) => resume(run, { error: new Unavailable(String(error)) }),
      )
  }

  const promiseOf = (call: Exclude<Call, { kind: 'commit' }>): Promise<unknown> => {
    switch (call.kind) {
      case 'read':
        return ledger.read(call.shard, call.records)
      case 'range':
        return ledger.range(call.shard, call.set, call)
      case 'log':
        return ledger.log(call.shard, call.log, call)
      case 'held':
        return ledger.held(call.shard, call.holder)
      case 'holders':
        return ledger.holders(call.shard)
      case 'ready':
        return ledger.ready(call.shard, call.prefix)
      case 'ask':
        return system().ask(call.to, call.message, call.deadlineMs)
      case 'now':
        return Promise.resolve(clock.now())
    }
  }

  const gather = (run: Run, orders: readonly Order[]): void => {
    const gathering: Gathering = { run, outcomes: new Array(orders.length), missing: orders.length }
    const ticketed = orders.map((order, at): Ticketed => {
      const ticket = nextTicket++
      tickets.set(ticket, { gathering, at })
      return { ticket, order, bytes: bytesOf(order) }
    })
    const [first, second] = ticketed
    if (first === undefined) queueMicrotask(() => resume(run, { value: [] }))
    else if (second === undefined) handIn(first.order.shard, ticketed)
    else for (const [shard, some] of byShard(ticketed)) handIn(shard, some)
  }

  const handIn = (shard: number, orders: readonly Ticketed[]): void => {
    if (system().tell(shardDoorAddress(shard), ordersFor(orders)) === 'ok') return
    const refused = orders.map((): Outcome => ({ kind: 'overloaded', retryAfterMs: fullRetryMs }))
    const numbers = orders.map(({ ticket }) => ticket)
    queueMicrotask(() => answerTickets(numbers, refused))
  }

  const answerTickets = (numbers: readonly number[], outcomes: readonly Outcome[]): void => {
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i] ?? 0
      const ticket = tickets.get(number)
      const outcome = outcomes[i]
      if (ticket === undefined || outcome === undefined) continue
      tickets.delete(number)
      const { gathering, at } = ticket
      gathering.outcomes[at] = outcome
      gathering.missing--
      if (gathering.missing === 0) resume(gathering.run, { value: gathering.outcomes })
    }
  }

  return {
    run: start,
    result: <Result>(procedure: Procedure<Result>) =>
      new Promise<Result>((resolve, reject) => {
        start(procedure, { done: (result) => resolve(result as Result), failed: (_, error) => reject(error) })
      }),
    answer: answerTickets,
    count: () => underWay,
  }
}

const ordersFor = (orders: readonly Ticketed[]): Extract<ShardDoorMessage, { kind: 'orders' }> => ({
  kind: 'orders',
  orders,
})

const byShard = (orders: readonly Ticketed[]): ReadonlyMap<number, readonly Ticketed[]> => {
  const shards = new Map<number, Ticketed[]>()
  for (const one of orders) {
    const others = shards.get(one.order.shard)
    if (others === undefined) shards.set(one.order.shard, [one])
    else others.push(one)
  }
  return shards
}

/** About how much a commit has to carry. */
const bytesOf = ({ transaction }: Order): number => {
  let bytes = 256
  for (const write of transaction.writes) {
    if (write.kind === 'append') bytes += write.entry.length
    if (write.kind !== 'put') continue
    for (const value of Object.values(write.fields)) if (value instanceof Uint8Array) bytes += value.length
  }
  return bytes
}
