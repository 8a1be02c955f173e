/**
 * Names by which people and programs call secrets, as they stand before a value (`api_key = …`, `"clientSecret": …`)
 * and as names of fields. A name counts by how it ends: `token_type` and `secret_name` are none.
 */

/** How values of a name are taken: `password`: nearly any; `key`: what is no word; `random`: what a machine made up. */
export type NameKind = 'password' | 'key' | 'random'

const gap = '[-_. ]?'

const names: Readonly<Record<NameKind, readonly string[]>> = {
  password: [
    `pass${gap}w(?:or)?d`,
    `pass${gap}phrase`,
    `pass${gap}code`,
    'pwd',
    'passwort',
    'kennwort',
    'contrase(?:ñ|n)a',
    `mot${gap}de${gap}passe`,
  ],
  key: [
    `(?:access|api|app|auth|bearer|oauth|refresh)${gap}token`,
    `(?:access|account|api|private|secret|shared${gap}access)${gap}key`,
    `(?:api|app|client|consumer|oauth|shared|webhook)${gap}secret`,
  ],
  random: [
    'secret',
    'token',
    'credentials?',
    'creds?',
    `(?:admin|app|application|auth|authorization|aes|cluster|data|decryption|deploy|encryption|hmac|jwt|licen[cs]e|` +
      `master|root|rsa|server|service|session|signing|ssh|storage|subscription|webhook)${gap}key`,
    `(?:db|ftp|smtp|mail|user|root|admin|_|-)pass`,
  ],
}

/** What may stand at the end of a name without changing what it is. */
const tail = '(?:[-_ ]?(?:value|plain|raw|string|text|base64|b64|prod|production|live|dev|staging|test|[0-9]{1,3}))?'

/** What says most stands first: of two that end alike, it is taken. */
export const nameExpression = new RegExp(Object.values(names).flat().join('|'), 'gi')

const atEnd = (kind: NameKind): RegExp => new RegExp(`(?:${names[kind].join('|')})${tail}$`, 'i')
const kinds: readonly (readonly [NameKind, RegExp])[] = [
  ['password', atEnd('password')],
  ['key', atEnd('key')],
  ['random', atEnd('random')],
]

/** Tokens and keys of other kinds: of pages and forms, of language models, of databases and maps. */
const otherKinds =
  /(?:page|next|prev|continuation|sync|cursor|scroll|resume|stop|start|end|eos|bos|pad|unk|mask|max|min|num|total|prompt|completion|csrf|xsrf|public|primary|foreign|sort|partition|cache|idempotency|object|row|map|dedup|change|delta|by|has|is|no)[-_. ]?(?:token|key|secret|pass)$/i

const nameMost = 64

/** Names that name no secret, nearly all that there are. Emptied when full. */
const otherNames = new Set<string>()
const otherNamesMost = 4_096

/** How values of this name are to be taken; undefined where it names no secret. */
export function kindOfName(name: string): NameKind | undefined {
  if (otherNames.has(name)) return undefined
  const kind = kindByEnd(name.slice(-nameMost))
  if (kind !== undefined || name.length > nameMost) return kind
  if (otherNames.size >= otherNamesMost) otherNames.clear()
  otherNames.add(name)
  return undefined
}

function kindByEnd(end: string): NameKind | undefined {
  const kind = kinds.find(([, expression]) => expression.test(end))?.[0]
  return kind !== 'password' && kind !== undefined && otherKinds.test(end) ? undefined : kind
}
