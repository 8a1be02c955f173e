/**
 * What the gate let through: a value that only the gate's desk can make, and without which nothing is released.
 *
 * It is bound to the bytes that were judged, to whom they belong and to the edition of the policy that let them through.
 * Whoever releases something shows it together with the bytes, so a mistake on the way (another's output, an older one,
 * a verdict made up) ends in a refusal and not in an output that nobody judged.
 */
import { hash } from 'node:crypto'
import type { Edition, Lift, Verdict } from './verdict.js'

export type Passed = {
  readonly policyVersion: string
  readonly edition: Edition
  /** As it counted; 0 for a text. */
  readonly confidence: number
  readonly lifts: readonly Lift[]
}

/** Whose words they were, and where they were said. */
export type Origin = { readonly tenant: string; readonly queue: string }

/** The bytes are not those that passed, or nothing passed at all. */
export class NotPassed extends Error {
  override readonly name = 'NotPassed'
}

/** Bindings are kept here and not in the value: a copy of it, or one that was put together, has none. */
const bindings = new WeakMap<Passed, string>()

/** For the gate's desk alone. `bytes` are what the verdict was made from. */
export function sealPassed(
  verdict: Extract<Verdict, { kind: 'pass' }>,
  bytes: Uint8Array,
  origin: Origin,
  { edition, confidence }: Pick<Passed, 'edition' | 'confidence'>,
): Passed {
  const passed: Passed = { policyVersion: verdict.policyVersion, edition, confidence, lifts: verdict.lifts ?? [] }
  bindings.set(passed, bindingOf(bytes, origin))
  return passed
}

/** Throws `NotPassed` unless these very bytes passed, for this tenant and queue. */
export function demandPassed(passed: Passed, bytes: Uint8Array, origin: Origin): void {
  const binding = bindings.get(passed)
  if (binding === undefined) throw new NotPassed('a release without a verdict of the gate')
  if (binding !== bindingOf(bytes, origin)) throw new NotPassed('a release of other bytes than those that passed')
}

// Over the bytes as they came: a hash of the canonical form costs ten times as much (docs/decisions/0022-policy.md).
const bindingOf = (bytes: Uint8Array, { tenant, queue }: Origin): string =>
  `${tenant}/${queue}/${hash('sha256', bytes, 'base64')}`
