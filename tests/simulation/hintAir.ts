/** What goes through the air between the nodes of one ledger: who keeps a hint to itself, and what is passed on. */
import type { HintListener, Ledger } from '../../src/ledger/port.js'

export class HintAir {
  /** Hints of commits that are being carried out, and whose they stay. */
  readonly kept = new Map<string, object>()
  readonly listeners = new Map<HintListener, object>()

  pass(from: object, shard: number, hint: string): void {
    for (const [listener, of] of this.listeners) if (of !== from) listener(shard, hint, false)
  }
}

const airs = new WeakMap<Ledger, HintAir>()

export function airOver(ledger: Ledger): HintAir {
  const known = airs.get(ledger) ?? new HintAir()
  airs.set(ledger, known)
  return known
}
