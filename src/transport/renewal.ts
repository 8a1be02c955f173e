/**
 * A newer token for a connection that is open: of the same person, with no less than the one before allowed.
 *
 * What a session may do was settled when it began, so a token that allows less doesn't prolong it.
 */
import type { ErrorFrame } from '../protocol/nodeFrames.js'
import type { AddressLimits } from './addressLimits.js'
import type { Authenticator } from './authentication.js'
import type { Caller } from './connection.js'
import { refusal } from './inbox.js'

export type Renewal =
  | { readonly kind: 'renewed'; readonly expiresAt: number }
  | { readonly kind: 'refused'; readonly error: ErrorFrame }

type RenewalSetting = { readonly authenticator: Authenticator; readonly addressLimits: AddressLimits }

const unavailableRetryMs = 1_000

export async function renewed(caller: Caller, token: string, setting: RenewalSetting): Promise<Renewal> {
  const { authenticator, addressLimits } = setting
  const retryAfterMs = addressLimits.mayTry(caller.remoteAddress)
  if (retryAfterMs > 0)
    return {
      kind: 'refused',
      error: { ...refusal('RATE_LIMITED', 'too many refused tokens', undefined), retryAfterMs },
    }
  const found = await authenticator.authenticate(token)
  if (found.kind === 'unavailable')
    return {
      kind: 'refused',
      error: { ...refusal('OVERLOADED', found.why, undefined), retryAfterMs: unavailableRetryMs },
    }
  if (found.kind === 'refused') {
    addressLimits.refused(caller.remoteAddress)
    return refused(found.why)
  }
  const { tenant, sub, roles } = found.identity
  if (sub !== caller.identity.sub) return refused('token: expected the same sub as before')
  if (tenant !== caller.identity.tenant) return refused('token: expected the same tenant as before')
  if (!caller.identity.roles.every((role) => roles.includes(role)))
    return refused('token: expected the same roles as before')
  return { kind: 'renewed', expiresAt: found.expiresAt }
}

function refused(why: string): Renewal {
  return { kind: 'refused', error: refusal('FORBIDDEN', why, undefined) }
}
