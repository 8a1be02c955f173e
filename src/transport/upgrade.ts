/**
 * May this request become a WebSocket? Everything that is refused is refused here, as plain HTTP, before the upgrade.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Identity } from '../actors/effects.js'
import type { Role } from '../protocol/frames.js'
import type { AddressLimits } from './addressLimits.js'
import { type Admit, bearerToken, hasRole, hasTokenInQuery, refused, tooManyTries } from './admission.js'
import { type Problem, problemOf, unauthorized } from './problem.js'

export const subprotocol = 'chimera.v1'

export type Upgrade =
  | { readonly kind: 'admitted'; readonly role: Role; readonly identity: Identity; readonly expiresAt: number }
  | { readonly kind: 'refused'; readonly problem: Problem }

export type UpgradePolicy = {
  readonly admit: Admit
  readonly addressLimits: AddressLimits
  readonly allowedOrigins: readonly string[]
}

const roles: Readonly<Record<string, Role>> = {
  '/v1/agent': 'agent',
  '/v1/producer': 'producer',
  '/v1/operator': 'operator',
}

export const webSocketPaths = Object.keys(roles)

function roleAt(path: string): Role | undefined {
  return Object.hasOwn(roles, path) ? roles[path] : undefined
}

export async function judgeUpgrade(
  request: IncomingMessage,
  remoteAddress: string,
  policy: UpgradePolicy,
): Promise<Upgrade> {
  const { pathname, searchParams } = targetOf(request)
  const retryAfterMs = policy.addressLimits.attempt(remoteAddress)
  if (retryAfterMs > 0) return refused(tooManyTries(retryAfterMs))
  const role = roleAt(pathname)
  if (role === undefined) return refused(problemOf('NOT_FOUND', `expected one of ${webSocketPaths.join(', ')}`))
  const offered = offeredSubprotocols(request.headers)
  if (!offered.includes(subprotocol)) return refused(subprotocolMissing)
  if (hasTokenInQuery(searchParams))
    return refused(unauthorized('a token in the query string is refused: send it as a header'))
  const admission = await policy.admit(bearerToken(request.headers) ?? offeredToken(offered), remoteAddress)
  if (admission.kind === 'refused') return admission
  const { identity, expiresAt } = admission
  if (!hasRole(identity, [role])) return refused(problemOf('FORBIDDEN', `expected a token with the role ${role}`))
  if (!isAllowedOrigin(request.headers, policy.allowedOrigins))
    return refused(problemOf('FORBIDDEN', 'Origin: not one of those allowed here'))
  return { kind: 'admitted', role, identity, expiresAt }
}

const subprotocolMissing: Problem = {
  ...problemOf('INVALID', `expected a WebSocket with Sec-WebSocket-Protocol: ${subprotocol}`),
  status: 426,
  headers: { Upgrade: 'websocket' },
}

/** Tolerates what is no address; it then has no path that is known. */
function targetOf({ url = '' }: IncomingMessage): {
  readonly pathname: string
  readonly searchParams: URLSearchParams
} {
  const [pathname = '', query = ''] = url.split('?', 2)
  return { pathname, searchParams: new URLSearchParams(query) }
}

function offeredSubprotocols(headers: IncomingHttpHeaders): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((each) => each.trim())
}

/** Of a browser, which can't set headers. */
function offeredToken(offered: readonly string[]): string | undefined {
  return offered.find((each) => each.startsWith('bearer.'))?.slice('bearer.'.length)
}

/** Browsers alone send an Origin. Pages of this node's own may always connect. */
function isAllowedOrigin({ origin, host }: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes(origin)) return true
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`)
}
