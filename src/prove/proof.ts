/** Tries one fault after the other, each in a world of its own, and tells each verdict as it comes. */
import { systemClock } from '../clock.js'
import { newId } from '../ids.js'
import { seededRandom } from '../random.js'
import type { Fault } from './fault.js'
import { longSpans, shortSpans } from './spans.js'
import { tryFault, type Verdict } from './trial.js'
import type { Bearer } from './world.js'

export type ProofOptions = {
  readonly faults: readonly Fault[]
  readonly seed: number
  readonly isLong: boolean
  readonly isEmbedded: boolean
  /** The program and the words that lead to the `chimera` command. */
  readonly command: readonly [string, ...string[]]
  readonly makeToken: (secret: Uint8Array, bearer: Bearer) => Promise<string>
  readonly signal: AbortSignal
  readonly onVerdict: (verdict: Verdict) => void
}

/** Whether everything came out as expected. */
export async function prove(options: ProofOptions): Promise<boolean> {
  const { faults, seed, isLong, isEmbedded, command, signal } = options
  const secret = `${newId()}${newId()}`
  const bytes = new TextEncoder().encode(secret)
  let isProved = true
  for (const [at, fault] of faults.entries()) {
    const ground = {
      command,
      isEmbedded,
      isLong,
      secret,
      spans: isLong ? longSpans : shortSpans,
      clock: systemClock(),
      random: seededRandom(seed + at),
      tokenFor: (bearer: Bearer) => options.makeToken(bytes, bearer),
    }
    const verdict = await tryFault(fault, ground, signal)
    options.onVerdict(verdict)
    if (verdict.worse.length > 0) isProved = false
  }
  return isProved
}
