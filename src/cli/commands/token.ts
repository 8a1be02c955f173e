/** `chimera token`: a token for an agent, an application or a person, signed with the node's secret. */
import { systemClock } from '../../clock.js'
import { readConfig } from '../../config.js'
import { formats } from '../../protocol/formats.js'
import { command } from '../command.js'
import { defaultTenant, localSecret, makeToken, roles } from '../localToken.js'
import { duration, formatted, json, option, required, text, withDefault } from '../option.js'
import { printAs } from '../terminal.js'

const rolesOf = (given: string) => {
  const each = given.split(',').map((name) => roles.find((role) => role === name.trim()))
  const known = each.filter((role) => role !== undefined)
  return known.length === each.length ? known : undefined
}

const dayMs = 24 * 3_600_000

export const token = command({
  name: 'token',
  about: 'Make a token, with the secret of the data folder or of CHIMERA_JWT_SECRET.',
  examples: [
    'chimera token --role agent --sub mailer',
    'export CHIMERA_TOKEN=$(chimera token --role operator --sub ann --tenant t_acme --ttl 8h)',
  ],
  options: {
    role: required(
      option('roles', `One of ${roles.join(', ')}, or several with commas between.`, `of ${roles.join(', ')}`, rolesOf),
    ),
    sub: required(formatted('name', 'Who it is for.', formats.sub)),
    tenant: withDefault(formatted('tenant', `Default: ${defaultTenant}.`, formats.tenant), defaultTenant),
    ttl: withDefault(duration('How long it is good for. Default: 30d.'), 30 * dayMs),
    data: text('folder', "The node's. Else CHIMERA_DATA, else .chimera."),
    json,
  },
  run: async ({ role, sub, tenant, ttl, data, json }) => {
    const secret = localSecret(readConfig(data === undefined ? {} : { data }).data)
    const expiresAt = systemClock().now() + ttl
    const jwt = await makeToken(secret, { sub, tenant, roles: role }, ttl)
    printAs(json, { token: jwt, sub, tenant, roles: role, expiresAt }, () => jwt)
  },
})
