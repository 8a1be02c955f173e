/**
 * Tokens to begin with, made on a node's first start: shown once on the terminal, kept in a file that only its owner can
 * read, and never on the log.
 */
import type { ChimeraNode } from '../main/node.js'
import { writeTokens } from './dataFolder.js'
import { defaultTenant, roles } from './localToken.js'
import { print } from './terminal.js'

const days = 30
const ttlSeconds = days * 24 * 3_600

export async function handOutTokens(folder: string, { url, signToken }: ChimeraNode): Promise<void> {
  const lines = await Promise.all(
    roles.map(async (role) => {
      const token = await signToken({ sub: role, tenant: defaultTenant, roles: [role], ttlSeconds })
      return `# ${role}\nexport CHIMERA_URL=${url} CHIMERA_TOKEN=${token}`
    }),
  )
  const file = await writeTokens(folder, lines)
  print(
    [
      `First start: a secret was made, and with it these tokens of tenant ${defaultTenant}, good for ${days} days.`,
      `They are kept in ${file}; "chimera token" makes others. Commands on this machine need none.`,
      '',
      ...lines,
      '',
    ].join('\n'),
  )
}
