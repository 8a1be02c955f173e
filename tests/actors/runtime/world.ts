/** A fresh system on virtual time, with all that it reported. `run` lets actors run until nobody has anything to do. */
import type { ActorDefinition, Message } from '../../../src/actors/runtime/actor.js'
import type { DeadLetter } from '../../../src/actors/runtime/deadLetter.js'
import type { BuiltInEffect, Effect, Replied, Unanswered, Woke } from '../../../src/actors/runtime/effect.js'
import type { Failure } from '../../../src/actors/runtime/runner.js'
import { manualScheduler } from '../../../src/actors/runtime/scheduler.js'
import type { RestartBackoff } from '../../../src/actors/runtime/supervise.js'
import { type ActorSystem, createActorSystem } from '../../../src/actors/runtime/system.js'
import { type VirtualClock, virtualClock } from '../../../src/clock.js'
import { seededRandom } from '../../../src/random.js'

/** What `log` effects said, in order. */
export interface Log extends Effect {
  readonly kind: 'log'
  readonly line: string
}

export interface Explode extends Effect {
  readonly kind: 'explode'
}

export type WorldEffect = Log | Explode

export interface World {
  readonly system: ActorSystem<WorldEffect>
  readonly clock: VirtualClock
  readonly letters: DeadLetter[]
  readonly failures: Failure[]
  readonly lines: string[]
  readonly run: () => number
  readonly runOne: () => boolean
}

export interface WorldOptions {
  readonly restartBackoff?: Partial<RestartBackoff>
  /** Time goes on while actors have something to do, as on a busy node. */
  readonly isBusy?: boolean
}

export function newWorld({ restartBackoff = {}, isBusy = false }: WorldOptions = {}): World {
  const scheduler = manualScheduler()
  const clock = virtualClock({ origin: 1_000, settle: isBusy ? () => {} : scheduler.runAll })
  const letters: DeadLetter[] = []
  const failures: Failure[] = []
  const lines: string[] = []
  const system = createActorSystem<WorldEffect>({
    clock,
    scheduler,
    random: seededRandom(1),
    effects: {
      log: ({ line }, self) => lines.push(`${self}: ${line}`),
      explode: () => {
        throw new Error('exploded')
      },
    },
    onDeadLetter: (letter) => letters.push(letter),
    onFailure: (failure) => failures.push(failure),
    restartBackoff,
  })
  return { system, clock, letters, failures, lines, run: scheduler.runAll, runOne: scheduler.runOne }
}

/** Carry out these effects. */
export interface Do {
  readonly kind: 'do'
  readonly effects: readonly (BuiltInEffect<WorldEffect> | WorldEffect)[]
}

export interface Note extends Message {
  readonly kind: 'note'
  readonly n: number
}

/** Travels in the control lane. */
export interface Urgent extends Message {
  readonly kind: 'urgent'
  readonly n: number
}

export interface Fail extends Message {
  readonly kind: 'fail'
}

type ProbeMessage = Do | Note | Urgent | Fail | BuiltInMessage
type BuiltInMessage = Woke | Replied | Unanswered

/** What it got, in order. */
export type ProbeState = readonly (ProbeMessage & { readonly at: number })[]

type ProbeDefinition = ActorDefinition<ProbeState, ProbeMessage, BuiltInEffect<WorldEffect> | WorldEffect>

const keep = <M extends ProbeMessage>(got: ProbeState, message: M, at: number) =>
  [[...got, { ...message, at }]] as const

/** Does as it is told, and keeps all it gets. */
export const probe: ProbeDefinition = {
  name: 'probe',
  supervision: 'restart',
  mailbox: { work: 4, control: 2 },
  control: ['urgent'],
  start: () => [[]],
  on: {
    do: (got, { effects }) => [got, ...effects],
    note: keep,
    urgent: keep,
    fail: () => {
      throw new Error('failed as told')
    },
    woke: keep,
    replied: keep,
    unanswered: keep,
  },
}

/** What a probe got, without its times. */
export function got({ system }: World, address: string): readonly Message[] {
  const state = (system.inspect(address) ?? []) as ProbeState
  return state.map(({ at: _, ...message }) => message as Message)
}

/** What a probe got, as short as it can be told: `n` of notes, the tag or key of the rest. */
export function gotBriefly(world: World, address: string): readonly unknown[] {
  return got(world, address).map((message) => {
    if ('n' in message) return message.n
    if ('key' in message) return `woke ${message.key}`
    return 'why' in message ? message.why : message.kind
  })
}

export const note = (n: number): Note => ({ kind: 'note', n })
export const urgent = (n: number): Urgent => ({ kind: 'urgent', n })
export const fail: Fail = { kind: 'fail' }
export const act = (...effects: Do['effects']): Do => ({ kind: 'do', effects })
