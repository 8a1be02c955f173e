/** Whatever happens to actors, no message is lost or doubled, and no question stays without an end. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ActorDefinition } from '../../../src/actors/runtime/actor.js'
import type { Asked, Reply, Stop, Tell } from '../../../src/actors/runtime/effect.js'
import { type Log, newWorld, type World } from './world.js'

type WorkerMessage =
  | { readonly kind: 'work' }
  | { readonly kind: 'urgent' }
  | { readonly kind: 'pass'; readonly to: string }
  | { readonly kind: 'fail' }
  | { readonly kind: 'quit' }
  | Asked<{ readonly kind: 'question'; readonly isAnswered: boolean }>

const done: Log = { kind: 'log', line: 'done' }
const sent: Log = { kind: 'log', line: 'sent' }

/** Says `done` for each message that it handled, and `sent` for each that it sent. */
const worker: ActorDefinition<null, WorkerMessage, Log | Tell | Stop | Reply> = {
  name: 'worker',
  supervision: 'restart',
  mailbox: { work: 3, control: 2 },
  control: ['urgent'],
  start: () => [null],
  on: {
    work: () => [null, done],
    urgent: () => [null, done],
    pass: (_, { to }) => [null, done, sent, { kind: 'tell', to, message: { kind: 'work' } }],
    fail: () => {
      throw new Error('failed as told')
    },
    quit: () => [null, done, { kind: 'stop' }],
    question: (_, { isAnswered, from }) => [
      null,
      done,
      ...(isAnswered ? [{ kind: 'reply', to: from, message: { kind: 'answer' } } as const] : []),
    ],
  },
}

const address = fc.constantFrom('a', 'b', 'c')

const command = fc.oneof(
  fc.record({ kind: fc.constantFrom('spawn', 'work', 'urgent', 'fail', 'quit', 'turn', 'run'), address }),
  fc.record({ kind: fc.constant('pass'), address, to: address }),
  fc.record({ kind: fc.constant('question'), address, isAnswered: fc.boolean() }),
  fc.record({ kind: fc.constant('advance'), address, ms: fc.nat({ max: 200 }) }),
)

type Outcome = 'answered' | 'refused'

/** Messages that were taken, and how questions from outside ended. */
interface Account {
  taken: number
  readonly outcomes: Promise<Outcome>[]
}

function carryOut(world: World, account: Account, command: { readonly kind: string; readonly address: string }): void {
  const { kind, address, ...rest } = command
  if (kind === 'spawn') world.system.spawn(worker, address, undefined)
  else if (kind === 'turn') world.runOne()
  else if (kind === 'run') world.run()
  else if (kind === 'advance' && 'ms' in rest) world.clock.advance(Number(rest.ms))
  else if (kind === 'question') {
    const before = messagesWaiting(world)
    const answer = world.system.ask(address, { kind, ...rest }, 100)
    account.taken += messagesWaiting(world) - before
    account.outcomes.push(
      answer.then(
        () => 'answered',
        () => 'refused',
      ),
    )
  } else if (world.system.tell(address, { kind, ...rest }) === 'ok') account.taken++
}

function messagesWaiting({ system }: World): number {
  const { work, control } = system.depth()
  return work + control
}

describe('accounting', () => {
  test('[A52] every message taken is handled once or a dead letter once, and every question ends once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 80 }), async (commands) => {
        const world = newWorld({ restartBackoff: { firstMs: 40, restarts: 2 } })
        const account: Account = { taken: 0, outcomes: [] }
        for (const command of commands) carryOut(world, account, command)
        await world.system.stop()
        world.run()
        const count = (end: string) => world.lines.filter((line) => line.endsWith(end)).length
        // Answers that came after their deadline were never taken into a mailbox.
        const ended = world.letters.filter(({ reason }) => reason !== 'late').length + count('done')
        expect(ended).toBe(account.taken + count('sent'))
        expect((await Promise.all(account.outcomes)).length).toBe(account.outcomes.length)
        expect(world.clock.nextDue()).toBeUndefined()
        expect(messagesWaiting(world)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })
})
