/**
 * Holds a run that is over against the guarantees: what was said, told and carried out, and what the ledger has now.
 *
 * It knows nothing of how a node works, but where it looks whether its memory was let go of.
 */

import { actsOnRecord } from './checks/actsOnRecord.js'
import { askedFirst } from './checks/askedFirst.js'
import { asPeopleSaid } from './checks/asPeopleSaid.js'
import { booksBalance } from './checks/booksBalance.js'
import { fleetStops } from './checks/fleetStops.js'
import { nothingLeft } from './checks/nothingLeft.js'
import { nothingLost } from './checks/nothingLost.js'
import { nothingUnsafe } from './checks/nothingUnsafe.js'
import { oneDecision } from './checks/oneDecision.js'
import { oneHolder } from './checks/oneHolder.js'
import { onRecord } from './checks/onRecord.js'
import { policyInForce } from './checks/policyInForce.js'
import { shownAsIs } from './checks/shownAsIs.js'
import { type Life, livesIn } from './lives.js'
import type { World } from './world.js'

export type Finished = { readonly world: World; readonly lives: ReadonlyMap<string, Life> }

const checks = [
  nothingLost,
  oneHolder,
  nothingUnsafe,
  oneDecision,
  asPeopleSaid,
  actsOnRecord,
  askedFirst,
  onRecord,
  booksBalance,
  fleetStops,
  policyInForce,
  shownAsIs,
  nothingLeft,
]

/** What the run broke, as sentences that begin with the rule. */
export const violationsOf = (world: World): readonly string[] => {
  const finished: Finished = { world, lives: livesIn(world.history) }
  return [...world.history.alarms, ...checks.flatMap((check) => [...check(finished)])]
}
