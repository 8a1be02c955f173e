/**
 * The hash that binds a decision to what was decided: an approval releases the output with this hash and no other.
 */

import { createHash } from 'node:crypto'
import { canonicalForm } from './canonicalForm.js'

/** SHA-256 of the value's canonical form, 64 hex digits. Throws UnreadableValue for what no message can hold. */
export function hashOfOutput(value: unknown): string {
  return createHash('sha256').update(canonicalForm(value), 'utf8').digest('hex')
}
