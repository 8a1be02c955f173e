/** Asks the gate, as a node asks it of a result, whether it holds. */

import { createGate } from '../../../src/safety/gate.js'
import { defaultPolicy } from '../../../src/safety/policy.js'

const gate = createGate(() => defaultPolicy)

export function isHeld(value: unknown): boolean {
  return gate.judge({ tenant: 't_suite', queue: 'q', kind: 'result', value, confidence: 0.9 }).kind === 'hold'
}

/** Those that pass, as text: what a test says when it fails. */
export function passing(asked: Iterable<readonly [way: string, value: unknown]>): readonly string[] {
  return [...asked].filter(([, value]) => !isHeld(value)).map(([way, value]) => `${way}: ${JSON.stringify(value)}`)
}
