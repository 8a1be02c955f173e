/**
 * Who is it: JSON Web Tokens, made and checked.
 *
 * Checking costs tens of microseconds, and a fleet that comes back after a cut shows its tokens all at once, so those
 * found good are remembered by their hash until they expire. A token itself is kept nowhere.
 */
import { hash } from 'node:crypto'
import { type CryptoKey, createRemoteJWKSet, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Identity } from '../actors/effects.js'
import type { Clock } from '../clock.js'
import { formats, limits } from '../protocol/formats.js'

export type Authentication =
  /** `expiresAt` in ms since the epoch. */
  | { readonly kind: 'ok'; readonly identity: Identity; readonly expiresAt: number }
  | { readonly kind: 'refused'; readonly why: string }
  /** The keys couldn't be had: no word on the token. */
  | { readonly kind: 'unavailable'; readonly why: string }

export interface Authenticator {
  authenticate(token: string): Promise<Authentication>
}

export type AuthenticatorOptions = {
  /** Whose signatures count: who shares this secret (HS256), or has a key in this JWKS (RS256, ES256, EdDSA). */
  readonly keys: { readonly secret: Uint8Array } | { readonly jwks: URL }
  /** By how much the issuer's clock may differ. */
  readonly leewaySeconds?: number
  readonly clock: Pick<Clock, 'now'>
  /** Good tokens remembered. */
  readonly remembered?: number
}

const symmetric = ['HS256']
const asymmetric = ['RS256', 'ES256', 'EdDSA']
const maxRoles = 32

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { keys, leewaySeconds = 60, clock, remembered = 20_000 } = options
  const isShared = 'secret' in keys
  const key = isShared ? importSecret(keys.secret) : Promise.resolve(createRemoteJWKSet(keys.jwks))
  const algorithms = isShared ? symmetric : asymmetric
  const good = new Map<string, Extract<Authentication, { kind: 'ok' }>>()

  function recall(digest: string): Authentication | undefined {
    const known = good.get(digest)
    if (known === undefined) return undefined
    good.delete(digest)
    if (known.expiresAt <= clock.now()) return undefined
    good.set(digest, known)
    return known
  }

  function remember(digest: string, known: Extract<Authentication, { kind: 'ok' }>): void {
    good.set(digest, known)
    if (good.size <= remembered) return
    const [oldest] = good.keys()
    if (oldest !== undefined) good.delete(oldest)
  }

  async function verify(token: string): Promise<Authentication> {
    try {
      const checks = { algorithms, clockTolerance: leewaySeconds, currentDate: new Date(clock.now()) }
      const { payload } = await jwtVerify(token, await key, { ...checks, requiredClaims: ['exp', 'sub'] })
      return identify(payload, clock.now(), leewaySeconds)
    } catch (error) {
      return refusal(error)
    }
  }

  async function authenticate(token: string): Promise<Authentication> {
    if (token.length > limits.tokenBytes)
      return { kind: 'refused', why: `a token of more than ${limits.tokenBytes} bytes` }
    const digest = hash('sha256', token, 'base64')
    const known = recall(digest)
    if (known !== undefined) return known
    const found = await verify(token)
    if (found.kind === 'ok') remember(digest, found)
    return found
  }

  return { authenticate }
}

export type TokenClaims = {
  readonly sub: string
  readonly tenant: string
  readonly roles: readonly string[]
  readonly ttlSeconds: number
  /** ms since the epoch. */
  readonly now: number
}

/** Signs a token with the node's secret (HS256). */
export async function signToken(
  secret: Uint8Array,
  { sub, tenant, roles, ttlSeconds, now }: TokenClaims,
): Promise<string> {
  const issuedAt = Math.floor(now / 1_000)
  return new SignJWT({ tenant, roles: [...roles] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(sub)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(await importSecret(secret))
}

/** Once, where jose would do it for each token. */
function importSecret(secret: Uint8Array): Promise<CryptoKey> {
  const bytes = Uint8Array.from(secret)
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

function identify(payload: JWTPayload, now: number, leewaySeconds: number): Authentication {
  const { sub, tenant, roles, exp } = payload
  if (typeof sub !== 'string' || !formats.sub.accepts(sub)) return wrongClaim('sub', formats.sub.expected)
  if (typeof tenant !== 'string' || !formats.tenant.accepts(tenant))
    return wrongClaim('tenant', formats.tenant.expected)
  if (!areRoles(roles)) return wrongClaim('roles', `a list of 1 to ${maxRoles} names`)
  if (typeof exp !== 'number') return wrongClaim('exp', 'a time')
  // Whoever got in by the leeway alone has the rest of it, so that it isn't sent away at once to come again.
  const endsAt = exp * 1_000 > now ? exp : exp + leewaySeconds
  return { kind: 'ok', identity: { tenant, sub, roles }, expiresAt: endsAt * 1_000 }
}

function areRoles(roles: unknown): roles is readonly string[] {
  if (!Array.isArray(roles) || roles.length === 0 || roles.length > maxRoles) return false
  return roles.every((role) => typeof role === 'string' && role.length <= 64)
}

function wrongClaim(claim: string, expected: string): Authentication {
  return { kind: 'refused', why: `the token's ${claim}: expected ${expected}` }
}

/** What the reason may say to somebody who isn't known: nothing about keys. */
function refusal(error: unknown): Authentication {
  if (error instanceof errors.JWTExpired) return { kind: 'refused', why: 'the token has expired' }
  if (error instanceof errors.JWTClaimValidationFailed)
    return { kind: 'refused', why: `the token's ${error.claim} is missing or wrong` }
  if (error instanceof errors.JWKSTimeout) return { kind: 'unavailable', why: 'the JWKS did not answer in time' }
  const isAboutKeys =
    error instanceof errors.JWKSInvalid || !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC'
  if (isAboutKeys) return { kind: 'unavailable', why: 'the JWKS could not be read' }
  return { kind: 'refused', why: 'the token is no JWT of an issuer known here' }
}
