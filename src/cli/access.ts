/**
 * Where the node is, and by what right a command talks to it: as told by flags or variables, or else as the node's data
 * folder on this machine says.
 */
import type { TokenSource } from '../client/index.js'
import { readClientConfig, readConfig } from '../config.js'
import { UsageError } from '../errors.js'
import { formats } from '../protocol/formats.js'
import { readAddress } from './dataFolder.js'
import { CommandFailure } from './failure.js'
import { type Bearer, defaultTenant, localName, localSecret, makeToken, type TokenRole } from './localToken.js'
import { formatted, text, type ValuesOf } from './option.js'

export type Access = {
  readonly url: string
  readonly token: TokenSource
  readonly tenant: string
  /** Looks at all of the tenant's tasks, and not at one producer's alone. */
  readonly isOperator: boolean
}

export const nodeOptions = {
  url: text(
    'address',
    'Of the node, such as http://127.0.0.1:7700; of several, with commas between. Else CHIMERA_URL, else the one in the data folder.',
  ),
  token: text('jwt', 'Else CHIMERA_TOKEN, else one made with the secret in the data folder.'),
  data: text('folder', 'Of a node on this machine, to take address and secret from. Else CHIMERA_DATA, else .chimera.'),
  tenant: formatted('tenant', `For a token made here. Default: ${defaultTenant}.`, formats.tenant),
}

export type NodeOptions = ValuesOf<typeof nodeOptions>

/** While a command runs it makes itself another in time. */
const localTtlMs = 10 * 60_000

/** `role` is what a token that is made here gets. Throws `UsageError` with what to give. */
export async function findNode({ url, token, data, tenant }: NodeOptions, role: TokenRole): Promise<Access> {
  const given = {
    ...readClientConfig(),
    ...(url === undefined ? {} : { url }),
    ...(token === undefined ? {} : { token }),
  }
  if (given.url !== undefined && given.token !== undefined) return withToken(given.url, given.token)
  if (given.url !== undefined)
    throw new UsageError(
      'no token for this address: give CHIMERA_TOKEN or --token; for a node on this machine leave --url and CHIMERA_URL away',
    )
  if (given.token !== undefined)
    throw new UsageError('a token, but no address: give CHIMERA_URL or --url; without both, the data folder is asked')
  const folder = readConfig(data === undefined ? {} : { data }).data
  return localAccess(folder, { sub: localName(), tenant: tenant ?? defaultTenant, roles: [role] })
}

/** To the node of this folder, as somebody in particular. */
export async function localAccess(folder: string, bearer: Bearer): Promise<Access> {
  const secret = localSecret(folder)
  const address = await readAddress(folder)
  if (address === undefined)
    throw new CommandFailure(
      `${folder}: no node runs with this folder; start it with "chimera serve --data ${folder}"`,
      3,
    )
  return {
    url: address.url,
    token: () => makeToken(secret, bearer, localTtlMs),
    tenant: bearer.tenant,
    isOperator: isOperator(bearer.roles),
  }
}

function withToken(url: string, token: string): Access {
  if (!url.split(',').every(isNodeAddress))
    throw new UsageError(`url: expected an address such as http://127.0.0.1:7700, got ${JSON.stringify(url)}`)
  const { tenant, roles } = claimsOf(token)
  if (typeof tenant !== 'string' || !Array.isArray(roles))
    throw new UsageError('token: expected a JWT with a tenant and roles; "chimera token" makes one')
  return { url, token, tenant, isOperator: isOperator(roles) }
}

function isNodeAddress(given: string): boolean {
  const address = given.trim()
  return URL.canParse(address) && /^(?:http|ws)s?:$/.test(new URL(address).protocol)
}

const isOperator = (roles: readonly unknown[]): boolean => roles.includes('operator') || roles.includes('admin')

/** Unchecked: that is the node's business. */
function claimsOf(token: string): Partial<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return typeof claims === 'object' && claims !== null ? { ...claims } : {}
  } catch {
    return {}
  }
}
