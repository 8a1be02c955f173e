/** Tokens for whoever can read the node's secret: on the node's own machine, nobody has to hand one out. */
import { userInfo } from 'node:os'
import { systemClock } from '../clock.js'
import { readConfig } from '../config.js'
import { UsageError } from '../errors.js'
import { readTokenSecret } from '../main/tokenSecret.js'
import { formats } from '../protocol/formats.js'
import { signToken } from '../transport/authentication.js'

export const roles = ['agent', 'producer', 'operator', 'admin'] as const
export type TokenRole = (typeof roles)[number]

export const defaultTenant = 't_default'

export type Bearer = { readonly sub: string; readonly tenant: string; readonly roles: readonly TokenRole[] }

/** The secret that the node of this folder signs with. Throws `UsageError` where there is none to be found. */
export function localSecret(folder: string): Uint8Array {
  const { jwtSecret, jwksUrl } = readConfig({ data: folder })
  if (jwksUrl !== undefined)
    throw new UsageError(`tokens come from the issuer of ${jwksUrl}: give one of its tokens as CHIMERA_TOKEN`)
  const secret = jwtSecret === undefined ? readTokenSecret(folder) : new TextEncoder().encode(jwtSecret)
  if (secret !== null) return secret
  throw new UsageError(
    `${folder}: no node was ever started there; start one with "chimera serve", name its folder with --data, or say with CHIMERA_URL and CHIMERA_TOKEN where another is`,
  )
}

export function makeToken(secret: Uint8Array, bearer: Bearer, ttlMs: number): Promise<string> {
  return signToken(secret, { ...bearer, ttlSeconds: Math.ceil(ttlMs / 1_000), now: systemClock().now() })
}

/** Who sits at this machine: decisions are on record under this name. */
export function localName(): string {
  const name = userInfo().username
  return formats.sub.accepts(name) ? name : 'local'
}
