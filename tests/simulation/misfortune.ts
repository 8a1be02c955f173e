/** What befalls nodes while a run is rough: crashes, freezes, cuts, and a full ledger, at times that nobody expects. */
import type { Dice } from './dice.js'
import type { SimulatedNode } from './simulatedNode.js'

export type Misfortune = {
  readonly dice: Dice
  readonly roughMs: number
  /** Does something so many ms from now. */
  readonly at: (ms: number, act: () => void) => void
  /** For so long the ledger takes nothing new. */
  readonly fill: (ms: number) => void
}

export const strike = (nodes: readonly SimulatedNode[], { dice, roughMs, at, fill }: Misfortune): void => {
  for (const node of nodes) {
    for (let crashes = dice.pick([0, 1, 1, 3, 6]); crashes > 0; crashes--) {
      const when = dice.between(0, roughMs)
      at(when, () => node.crash())
      at(when + dice.between(1_000, 4_000), () => node.isUp() || node.start())
    }
    for (let freezes = dice.pick([0, 0, 1, 2]); freezes > 0; freezes--) {
      at(dice.between(0, roughMs), () => node.freeze(dice.pick([300, 2_000, 8_000])))
    }
    for (let cuts = dice.pick([0, 0, 1]); cuts > 0; cuts--) {
      at(dice.between(0, roughMs), () => node.cutOff(dice.pick([500, 3_000, 8_000])))
    }
  }
  if (dice.chance(0.3)) at(dice.between(0, roughMs), () => fill(dice.between(500, 5_000)))
}

/** Some of them give their shards away, as in a rolling update. */
export const rollOver = (nodes: readonly SimulatedNode[], { dice, roughMs, at }: Misfortune): void => {
  for (const node of nodes) {
    if (!dice.chance(0.3)) continue
    const when = dice.between(1_000, roughMs)
    at(when, () => node.handOver(dice.between(200, 2_000)))
    at(when + 3_000, () => node.isUp() || node.start())
  }
}
