/**
 * What does a message cost on its way from actor to actor, and an idle actor in memory? Nanoseconds a message with its
 * step and effects, on the real scheduler; the same loop of calls without any actors stands beside it as the floor.
 */
import type { ActorDefinition, Address } from '../src/actors/runtime/actor.js'
import type { Ask, Asked, Replied, Reply, Tell, Unanswered, Wake, Woke } from '../src/actors/runtime/effect.js'
import { eventLoopScheduler } from '../src/actors/runtime/scheduler.js'
import { createActorSystem } from '../src/actors/runtime/system.js'
import { systemClock } from '../src/clock.js'
import { systemRandom } from '../src/random.js'
import { isTiny } from './report.js'

const rounds = isTiny ? 1_000 : 1_000_000
const fleet = 1_000

type Ball = { readonly kind: 'ball'; readonly left: number }

type PlayerState = { readonly other: Address; readonly hits: number }

/** Plays each ball back until none is left. */
const player: ActorDefinition<PlayerState, Ball, Tell, Address> = {
  name: 'player',
  supervision: 'stop',
  start: (other) => [{ other, hits: 0 }],
  on: {
    ball: ({ other, hits }, { left }) => {
      const next = { other, hits: hits + 1 }
      return left === 0 ? [next] : [next, { kind: 'tell', to: other, message: { kind: 'ball', left: left - 1 } }]
    },
  },
}

/** Tells everybody of its list the same. */
const caller: ActorDefinition<null, { readonly kind: 'call'; readonly all: readonly Address[] }, Tell> = {
  name: 'caller',
  supervision: 'stop',
  start: () => [null],
  on: {
    call: (state, { all }) => {
      const message: Ball = { kind: 'ball', left: 0 }
      return [state, ...all.map((to): Tell => ({ kind: 'tell', to, message }))]
    },
  },
}

/** Moves its deadline on with each sign of life, as a session does. */
const session: ActorDefinition<number, { readonly kind: 'beat' } | Woke, Wake> = {
  name: 'session',
  supervision: 'stop',
  start: (_, __, now) => [0, { kind: 'wake', key: 'silence', at: now + 15_000 }],
  on: {
    beat: (beats, _, now) => [beats + 1, { kind: 'wake', key: 'silence', at: now + 15_000 }],
    woke: (beats) => [beats],
  },
}

type Question = Asked<{ readonly kind: 'question' }>

const answerer: ActorDefinition<null, Question, Reply> = {
  name: 'answerer',
  supervision: 'stop',
  start: () => [null],
  on: { question: (state, { from }) => [state, { kind: 'reply', to: from, message: { kind: 'answer' } }] },
}

const ask = { kind: 'ask', to: 'answerer', message: { kind: 'question' }, deadlineMs: 5_000, tag: 'q' } as const

/** Asks again with each answer until `left` is used up. */
const asker: ActorDefinition<number, { readonly kind: 'begin'; readonly left: number } | Replied | Unanswered, Ask> = {
  name: 'asker',
  supervision: 'stop',
  start: () => [0],
  on: {
    begin: (_, { left }) => [left, ask],
    replied: (left) => (left === 0 ? [0] : [left - 1, ask]),
    unanswered: (left) => [left],
  },
}

function newSystem() {
  return createActorSystem({
    clock: systemClock(),
    scheduler: eventLoopScheduler(),
    random: systemRandom,
    effects: {},
    onDeadLetter: ({ to, messageKind, reason }) => {
      throw new Error(`lost ${messageKind} to ${to}: ${reason}`)
    },
    onFailure: ({ error }) => {
      throw error
    },
  })
}

type System = ReturnType<typeof newSystem>

/** The median of five runs, after one that warms up. `run` returns how many messages it took. */
async function measure(name: string, run: () => number | Promise<number>): Promise<void> {
  const each: number[] = []
  for (let i = 0; i < 6; i++) {
    const from = process.hrtime.bigint()
    const messages = await run()
    each.push(Number(process.hrtime.bigint() - from) / messages)
  }
  const [, , median = Number.NaN] = each.slice(1).sort((a, b) => a - b)
  console.log(JSON.stringify({ bench: 'mailbox', case: name, nsPerMessage: Math.round(median), rounds }))
}

/** Hits of the players, which must be all that were sent: delivery is exact. */
function hits(system: System, addresses: readonly Address[]): number {
  return addresses.reduce((sum, address) => sum + (system.inspect(address) as PlayerState).hits, 0)
}

function expectCount(what: string, counted: number, wanted: number): void {
  if (counted !== wanted) throw new Error(`${what}: ${counted} instead of ${wanted}`)
}

await measure('floor: the step alone', () => {
  let state: PlayerState = { other: 'b', hits: 0 }
  for (let left = rounds; left > 0; left--) state = player.on.ball(state, { kind: 'ball', left }, 0)[0]
  return state.hits
})

await measure('tell between two actors', async () => {
  const system = newSystem()
  system.spawn(player, 'a', 'b')
  system.spawn(player, 'b', 'a')
  system.tell('a', { kind: 'ball', left: rounds - 1 })
  await system.drain()
  expectCount('hits', hits(system, ['a', 'b']), rounds)
  await system.stop()
  return rounds
})

await measure(`tell among ${fleet} pairs`, async () => {
  const system = newSystem()
  const left = Math.ceil(rounds / fleet) - 1
  const all = Array.from({ length: fleet }, (_, n) => [`a/${n}`, `b/${n}`] as const)
  for (const [a, b] of all) {
    system.spawn(player, a, b)
    system.spawn(player, b, a)
    system.tell(a, { kind: 'ball', left })
  }
  await system.drain()
  expectCount('hits', hits(system, all.flat()), fleet * (left + 1))
  await system.stop()
  return fleet * (left + 1)
})

await measure(`fan-out to ${fleet}`, async () => {
  const system = newSystem()
  const all = Array.from({ length: fleet }, (_, n) => `player/${n}`)
  for (const address of all) system.spawn(player, address, 'nobody')
  system.spawn(caller, 'caller', undefined)
  const calls = Math.ceil(rounds / fleet)
  for (let call = 0; call < calls; call++) {
    system.tell('caller', { kind: 'call', all })
    if (call % 16 === 15) await system.drain()
  }
  await system.drain()
  expectCount('hits', hits(system, all), calls * fleet)
  await system.stop()
  return calls * fleet
})

await measure(`deadline moved on, in ${10 * fleet} sessions`, async () => {
  const system = newSystem()
  const all = Array.from({ length: 10 * fleet }, (_, n) => `session/${n}`)
  for (const address of all) system.spawn(session, address, undefined)
  await system.drain()
  const beats = Math.ceil(rounds / all.length)
  for (let beat = 0; beat < beats; beat++) {
    for (const address of all) system.tell(address, { kind: 'beat' })
    await system.drain()
  }
  for (const address of all) expectCount('beats', system.inspect(address) as number, beats)
  await system.stop()
  return beats * all.length
})

await measure('question and answer', async () => {
  const system = newSystem()
  system.spawn(session, 'session', undefined)
  system.spawn(answerer, 'answerer', undefined)
  system.spawn(asker, 'asker', undefined)
  system.tell('asker', { kind: 'begin', left: rounds - 1 })
  await system.drain()
  expectCount('questions left', system.inspect('asker') as number, 0)
  await system.stop()
  return 2 * rounds
})

/** What one idle actor holds, its address and place in the map included. Needs `node --expose-gc`. */
async function measureMemory(): Promise<void> {
  if (globalThis.gc === undefined) return
  const system = newSystem()
  const count = 10_000
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  for (let n = 0; n < count; n++) system.spawn(player, `player/t_acme/crawler/${n}`, 'nobody')
  await system.drain()
  globalThis.gc()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  console.log(JSON.stringify({ bench: 'mailbox', case: 'idle actor', bytesPerActor: Math.round(bytes), actors: count }))
  await system.stop()
}

await measureMemory()
