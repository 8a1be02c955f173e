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

/** The answers of one `commit` call, as far as they are there. */
type Gathering = {
  readonly outcomes: Outcome[]
  missing: number
  readonly resume: (outcomes: readonly Outcome[]) => void
}

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

  const run = (procedure: Procedure<unknown>, finish: Finish): void => {
    if (underWay >= maxUnderWay) {
      finish.failed('unavailable', new Unavailable('too much under way'))
      return
    }
    underWay++
    resume(procedure, finish, () => procedure.next())
  }

  /** Takes one step, and all that follow without waiting. */
  const resume = (procedure: Procedure<unknown>, finish: Finish, step: () => IteratorResult<Call, unknown>): void => {
    let result: IteratorResult<Call, unknown>
    try {
      result = step()
      while (!result.done && result.value.kind === 'now') result = procedure.next(clock.now())
    } catch (error) {
      underWay--
      finish.failed(error instanceof Unavailable ? 'unavailable' : 'bug', error)
      return
    }
    if (result.done) {
      underWay--
      finish.done(result.value)
      return
    }
    carryOut(result.value, {
      answer: (value) => resume(procedure, finish, () => procedure.next(value)),
      fail: (error) => resume(procedure, finish, () => procedure.throw(error)),
    })
  }

  const carryOut = (
    call: Call,
    { answer, fail }: { readonly answer: (value: unknown) => void; readonly fail: (error: unknown) => void },
  ): void => {
    if (call.kind === 'commit') gather(call.orders, answer)
    else promiseOf(call).then(answer, (error: unknown) => fail(new Unavailable(String(error))))
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

  const gather = (orders: readonly Order[], resumeWith: (outcomes: readonly Outcome[]) => void): void => {
    if (orders.length === 0) {
      queueMicrotask(() => resumeWith([]))
      return
    }
    const gathering: Gathering = { outcomes: new Array(orders.length), missing: orders.length, resume: resumeWith }
    const byShard = new Map<number, Ticketed[]>()
    for (const [at, order] of orders.entries()) {
      const ticket = nextTicket++
      tickets.set(ticket, { gathering, at })
      const ticketed = { ticket, order, bytes: bytesOf(order) }
      const others = byShard.get(order.shard)
      if (others === undefined) byShard.set(order.shard, [ticketed])
      else others.push(ticketed)
    }
    for (const [shard, some] of byShard) {
      if (system().tell(shardDoorAddress(shard), ordersFor(some)) === 'ok') continue
      const refused = some.map((): Outcome => ({ kind: 'overloaded', retryAfterMs: fullRetryMs }))
      queueMicrotask(() =>
        answerTickets(
          some.map(({ ticket }) => ticket),
          refused,
        ),
      )
    }
  }

  const answerTickets = (numbers: readonly number[], outcomes: readonly Outcome[]): void => {
    for (const [at, number] of numbers.entries()) {
      const ticket = tickets.get(number)
      const outcome = outcomes[at]
      if (ticket === undefined || outcome === undefined) continue
      tickets.delete(number)
      const { gathering } = ticket
      gathering.outcomes[ticket.at] = outcome
      gathering.missing--
      if (gathering.missing === 0) gathering.resume(gathering.outcomes)
    }
  }

  return {
    run,
    result: <Result>(procedure: Procedure<Result>) =>
      new Promise<Result>((resolve, reject) => {
        run(procedure, { done: (result) => resolve(result as Result), failed: (_, error) => reject(error) })
      }),
    answer: answerTickets,
    count: () => underWay,
  }
}

const ordersFor = (orders: readonly Ticketed[]): Extract<ShardDoorMessage, { kind: 'orders' }> => ({
  kind: 'orders',
  orders,
})

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
