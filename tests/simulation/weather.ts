/**
 * How rough the world around the nodes is just now: shared by the network and the ledger's links, and stilled when the
 * run comes to its quiet end.
 */
import type { Dice } from './dice.js'

export type Weather = {
  /** Of a message on the network, one way. */
  networkMs: number
  /** A connection lives for at most about so long; Infinity: until somebody ends it. */
  connectionMs: number
  /** Of a call on the ledger, one way. */
  ledgerMs: number
  /** How often a call takes a hundred times as long. */
  slowness: number
  /** How often a call ends without an answer. */
  faultiness: number
  /** How often a hint is lost. */
  hintLoss: number
  /** Until then the ledger takes nothing new. */
  fullUntil: number
}

export const stillWeather = (): Weather => ({
  networkMs: 3,
  connectionMs: Number.POSITIVE_INFINITY,
  ledgerMs: 2,
  slowness: 0,
  faultiness: 0,
  hintLoss: 0,
  fullUntil: 0,
})

export const roughWeather = (dice: Dice): Weather => ({
  networkMs: dice.pick([1, 10, 60]),
  connectionMs: dice.pick([3_000, 10_000, 40_000, Number.POSITIVE_INFINITY]),
  ledgerMs: dice.pick([0, 2, 10, 40]),
  slowness: dice.pick([0, 0.01, 0.05]),
  faultiness: dice.pick([0, 0.01, 0.05, 0.15]),
  hintLoss: dice.pick([0, 0, 0.1]),
  fullUntil: 0,
})
