/**
 * Who may come in: what WebSocket upgrades and HTTP calls have in common before anything is done for them.
 *
 * An address that showed too many wrong tokens is turned away before its next one is looked at.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { Identity } from '../actors/effects.js'
import type { AddressLimits } from './addressLimits.js'
import type { Authentication, Authenticator } from './authentication.js'
import { type Problem, problemOf, unauthorized } from './problem.js'

export type Admission =
  | { readonly kind: 'admitted'; readonly identity: Identity; readonly expiresAt: number }
  | { readonly kind: 'refused'; readonly problem: Problem }

export type Admit = (token: string | undefined, remoteAddress: string) => Promise<Admission>

const unavailableRetryMs = 2_000

export function createAdmission(authenticator: Authenticator, addressLimits: AddressLimits): Admit {
  async function admit(token: string | undefined, remoteAddress: string): Promise<Admission> {
    if (token === undefined) return refused(unauthorized('expected a token: Authorization: Bearer <token>'))
    const found = await authenticator.authenticate(token)
    if (found.kind === 'refused') addressLimits.refused(remoteAddress)
    return admissionOf(found)
  }
  return admit
}

function admissionOf(found: Authentication): Admission {
  if (found.kind === 'ok') return { kind: 'admitted', identity: found.identity, expiresAt: found.expiresAt }
  if (found.kind === 'refused') return refused(unauthorized(found.why))
  return refused({ ...problemOf('OVERLOADED', found.why), retryAfterMs: unavailableRetryMs })
}

export function refused(problem: Problem): Extract<Admission, { kind: 'refused' }> {
  return { kind: 'refused', problem }
}

export function tooManyTries(retryAfterMs: number): Problem {
  return { ...problemOf('RATE_LIMITED', 'too many connections or refused tokens from this address'), retryAfterMs }
}

/** The token of an `Authorization` header. */
export function bearerToken({ authorization }: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
}

/** Addresses of requests end up in logs and histories, so a token there is refused, whatever else is sent. */
export function hasTokenInQuery(query: URLSearchParams): boolean {
  return ['token', 'access_token', 'bearer'].some((name) => query.has(name))
}

export function hasRole({ roles }: Identity, allowed: readonly string[]): boolean {
  return roles.includes('admin') || allowed.some((role) => roles.includes(role))
}
