/** Runs one load in a process of its own: takes its order as a message, answers with what it found. */

import { beatLoad } from './beatLoad.js'
import type { Cue } from './cue.js'
import { decideLoad } from './decideLoad.js'
import { echoLoad } from './echoLoad.js'
import { failoverLoad } from './failoverLoad.js'
import { handoverLoad } from './handoverLoad.js'
import { heartbeatLoad } from './heartbeatLoad.js'
import { holdLoad } from './holdLoad.js'
import { idleLoad } from './idleLoad.js'
import { lifecycleLoad } from './lifecycleLoad.js'
import { reviewLoad } from './reviewLoad.js'
import { screenLoad } from './screenLoad.js'
import { signal } from './signal.js'
import { stormLoad } from './stormLoad.js'

export const loads = {
  lifecycle: lifecycleLoad,
  heartbeat: heartbeatLoad,
  echo: echoLoad,
  storm: stormLoad,
  idle: idleLoad,
  beat: beatLoad,
  failover: failoverLoad,
  handover: handoverLoad,
  review: reviewLoad,
  screen: screenLoad,
  hold: holdLoad,
  decide: decideLoad,
} as const

type LoadName = keyof typeof loads
export type Order<Name extends LoadName> = Parameters<(typeof loads)[Name]>[0]
export type Found<Name extends LoadName> = Awaited<ReturnType<(typeof loads)[Name]>>

export type LoadWord =
  | { readonly kind: 'run'; readonly load: LoadName; readonly order: never }
  | { readonly kind: 'stop' }
export type LoadAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'found'; readonly cpuUs: number; readonly found: unknown }

const answer = (what: LoadAnswer, then: () => void = () => {}): void => {
  process.send?.(what, then)
}

const stopped = signal()
const cue: Cue = { ready: () => answer({ kind: 'ready' }), stopped: stopped.promise }

process.on('message', (word: LoadWord) => {
  if (word.kind === 'stop') return stopped.resolve()
  const run: (order: never, cue: Cue) => Promise<unknown> = loads[word.load]
  void run(word.order, cue).then((found) => {
    const { user, system } = process.cpuUsage()
    answer({ kind: 'found', cpuUs: user + system, found }, () => process.exit(0))
  })
})
// Whoever asked is gone.
process.once('disconnect', () => process.exit(1))
