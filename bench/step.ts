/**
 * What do a step and its parts cost: the tuple with its effects, the ring, and timers that are moved on, cancelled and
 * fired? Nanoseconds each, beside `setTimeout` doing the same.
 */
import { Ring } from '../src/actors/runtime/ring.js'
import { TimerHeap } from '../src/timerHeap.js'
import { isTiny } from './report.js'

const rounds = isTiny ? 1_000 : 1_000_000

/** As many as a node with a large fleet has. */
const timers = 30_000

/** Kept, so that nothing measured can be left out. */
let kept: unknown

/** The median of five runs, after one that warms up. */
function measure(name: string, run: (round: number) => unknown): void {
  const each: number[] = []
  for (let i = 0; i < 6; i++) {
    const from = process.hrtime.bigint()
    for (let round = 0; round < rounds; round++) kept = run(round)
    each.push(Number(process.hrtime.bigint() - from) / rounds)
  }
  const [, , median = Number.NaN] = each.slice(1).sort((a, b) => a - b)
  console.log(JSON.stringify({ bench: 'step', case: name, ns: Math.round(median), rounds }))
}

const state = { count: 0, beats: 0, since: 1_763_000_000_000 }
measure('step without effects', (round) => [{ ...state, count: round }] as const)
measure('step with two effects', (round) => [
  { ...state, count: round },
  { kind: 'tell', to: 'somebody', message: { kind: 'note', round } },
  { kind: 'wake', key: 'silence', at: round },
])

const ring = new Ring<number>(1_024)
measure('ring: push and shift', (round) => {
  ring.push(round)
  return ring.shift()
})
const burst = new Ring<number>(Number.POSITIVE_INFINITY)
measure('ring: bursts of 1,000, memory given back', (round) => {
  burst.push(round)
  if (round % 1_000 === 999) while (burst.size > 0) kept = burst.shift()
  return kept
})

const heap = new TimerHeap()
const armed = Array.from({ length: timers }, (_, n) => heap.add(15_000 + n, () => n))
measure(`timer moved on, among ${timers}`, (round) => armed[round % timers]?.rearm(50_000 + round))
measure(`timer moved sooner, among ${timers}`, (round) => armed[round % timers]?.rearm(50_000 - (round % 40_000)))
measure(`timer armed and cancelled, among ${timers}`, (round) => heap.add(60_000 + round, () => round).cancel())
for (const timer of armed) timer.cancel()

let now = 0
for (let n = 0; n < timers; n++) heap.add(n, () => n)
measure(`timer fired and armed again, among ${timers}`, () => {
  heap.takeDue(++now)?.()
  return heap.add(now + timers, () => now)
})

const native = Array.from({ length: timers }, () => setTimeout(() => {}, 1_000_000))
measure(`setTimeout refreshed, among ${timers}`, (round) => native[round % timers]?.refresh())
measure(`setTimeout armed and cancelled, among ${timers}`, () => clearTimeout(setTimeout(() => {}, 1_000_000)))
for (const timeout of native) clearTimeout(timeout)
process.exitCode = kept === null ? 1 : 0
