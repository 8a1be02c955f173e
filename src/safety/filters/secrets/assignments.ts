/**
 * Values that stand behind the name of a secret: `api_key = "…"`, `PASSWORD=…`, `<password>…</password>`,
 * `--token …`, `"name": "API_KEY", "value": "…"`, and the values of fields that are named so.
 */

import type { Rule } from '../../rule.js'
import type { Reading } from '../../views/reading.js'
import { charSet } from './charSet.js'
import { kindOfName, type NameKind, nameExpression } from './credentialNames.js'
import { isPlaceholder } from './placeholders.js'
import { isPath, looksRandom } from './randomness.js'
import type { SecretFound } from './secretSearch.js'

export const assignmentRule: Rule = {
  id: 'secret.assignment',
  reason: 'SECRET',
  summary: 'it holds a value under the name of a secret',
  finds:
    'What is assigned to a name that ends like a secret’s (password, API key, client secret, token, credential …), in code, settings, JSON, XML or as a field. Placeholders (`<your key>`, `$KEY`, `xxxx`, `changeme`) pass; for names that are used for other things too (token, secret, key) the value must look made up by a machine.',
  hits: [
    'api_key = "not4real-0815"',
    'DB_PWD=n0tARealOne!',
    '{"clientSecret": "notARealSecret"}',
    '<apiKey>n0tarealkey</apiKey>',
    'Server=db;Uid=app;Pwd=n0tARealOne!;',
    'curl --api-key n0tarealkey7 https://example.org',
    'token: n0tAR3alT0ken4Anyb0dy',
    'the access token is n0tAR3alT0ken',
    'the API key on file is n0tAR3alK3y',
    '**API key:** n0tAR3alK3y',
    'your API key:\n\nn0tAR3alK3y',
    '<th>API key</th> <td>n0tAR3alK3y</td>',
  ],
  misses: [
    'api_key = "<your key>"',
    'DB_PWD=changeme',
    'pwd=/home/user',
    'client_secret: os.environ.CLIENT_SECRET_2',
    'apiKey: string',
    'token: Bearer',
    'max_tokens: 4096',
    '"nextPageToken": "CAUQAA7x91kd02"',
    'token_type=n0tAR3alT0ken4Anyb0dy',
    'the key to success: teamwork',
    'the token for users is optional',
    'credentials:\n  v1beta1: enabled',
  ],
}

/** Between name and value. `value`: as in lists of names and values. */
const assignSign =
  /\\{0,3}["'`\])*_]{0,2}[ \t]{0,8}(?:=>|:=|={1,3}|::?|>|<\/t[dh]>\s{0,8}<td[^<>]{0,40}>|,?[ \t]{0,4}\\{0,3}["'`]?value\\{0,3}["'`]?[ \t]{0,4}[:=])(?:\*\*|__)?[ \t]{0,8}/iy
const tellingSign =
  /["'`)]?(?:[ \t]{1,4}(?:(?:on|for|of|in|to|at|from|you|we)(?:[ \t][a-z\d.-]{1,24}){1,4}[ \t])?(?:is|are|was|=|ist|lautet|est|es|value)(?:[ \t]{0,2}:)?[ \t]{1,4}|(?:\*\*|__)?:(?:\*\*|__)?[ \t]{0,4}\n{1,2}(?:```[a-z]{0,12}\n)?[ \t]{0,4})/iy
const optionSign = /[ \t]{1,4}/y
const openingQuote = /\\{0,3}(["'`])/y
const nameTail = /[-_ ]?(?:value|plain|raw|string|text|base64|b64|prod|production|live|dev|staging|test|[0-9]{1,3})/iy

const nameChars = charSet('A-Za-z0-9_.-')
const nameMost = 40
const valueLeast = 4
const valueMost = 1_024
/** Of a field: more is prose, or a secret of another kind. */
const fieldMost = 256
const signStart = charSet('\\"\'`])*_=:><, \t')
const bareValue = charSet('A-Za-z0-9!#$%*+./:=?@\\^_|~-')
const signs = /[!@#$%^&*+/~?=]/

type Sign = 'assigned' | 'told' | 'option'

export function findAssignments(text: string, found: SecretFound): void {
  nameExpression.lastIndex = 0
  for (let hit = nameExpression.exec(text); hit !== null; hit = nameExpression.exec(text)) {
    const end = valueAfter(text, hit.index, hit.index + hit[0].length, found)
    if (end !== undefined) nameExpression.lastIndex = Math.max(end, nameExpression.lastIndex)
  }
}

/** A field that is named like a secret, and its whole value. */
export function findNamedField({ text, inKey, label }: Reading, found: SecretFound): void {
  if (inKey || text.length < valueLeast || text.length > fieldMost) return
  const kind = kindOfName(label())
  if (kind !== undefined && isSecretValue(text, kind, { isQuoted: true, sign: 'assigned' })) {
    found(assignmentRule, { start: 0, end: text.length })
  }
}

/** Tells the value behind a name, and says where it ends. */
function valueAfter(text: string, nameStart: number, nameEnd: number, found: SecretFound): number | undefined {
  const wholeStart = nameChars.startOfRun(text, nameStart, nameStart - nameMost)
  const isOption = text.startsWith('--', wholeStart)
  const sign = signAfter(text, nameEnd, isOption) ?? signAfter(text, afterTail(text, nameEnd), isOption)
  if (sign === undefined) return undefined
  openingQuote.lastIndex = sign.end
  const quote = openingQuote.exec(text)
  const start = sign.end + (quote?.[0].length ?? 0)
  const end = quote === null ? bareValue.endOfRun(text, start, start + valueMost) : endOfQuoted(text, start, quote[0])
  if (end - start < valueLeast) return undefined
  const kind = kindOfName(text.slice(wholeStart, nameEnd))
  if (kind === undefined) return undefined
  if (!isSecretValue(text.slice(start, end), kind, { isQuoted: quote !== null, sign: sign.kind })) return undefined
  found(assignmentRule, { start, end })
  return end
}

function afterTail(text: string, at: number): number {
  nameTail.lastIndex = at
  return at + (nameTail.exec(text)?.[0].length ?? 0)
}

function signAfter(text: string, at: number, isOption: boolean): { kind: Sign; end: number } | undefined {
  if (!signStart.has(text.charCodeAt(at))) return undefined
  const assigned = endOfMatch(assignSign, text, at)
  // What stands on a line of its own may be a map of others.
  if (assigned !== undefined && text.charAt(assigned) !== '\n') return { kind: 'assigned', end: assigned }
  const end = endOfMatch(isOption ? optionSign : tellingSign, text, at)
  return end === undefined ? undefined : { kind: isOption ? 'option' : 'told', end }
}

function endOfMatch(expression: RegExp, text: string, at: number): number | undefined {
  expression.lastIndex = at
  return expression.test(text) ? expression.lastIndex : undefined
}

/** To the same quote, escaped as the first was; what is cut off ends with the line. */
function endOfQuoted(text: string, start: number, quote: string): number {
  const piece = text.slice(start, start + valueMost)
  const end = piece.indexOf(quote)
  if (end !== -1) return start + end
  const lineEnd = piece.search(/[\r\n]/)
  return start + (lineEnd === -1 ? piece.length : lineEnd)
}

type Writing = { readonly isQuoted: boolean; readonly sign: Sign }

const spacesMost = 5

function isSecretValue(value: string, kind: NameKind, { isQuoted, sign }: Writing): boolean {
  if (value.length < valueLeast || isPath(value) || isPlaceholder(value)) return false
  const isOneWord = !/\s/.test(value)
  if (sign === 'told' && value.endsWith(':')) return false
  if (kind === 'random' || sign === 'told') return isOneWord && looksRandom(value)
  const isMadeUp = /[0-9]/.test(value) || signs.test(value)
  if (kind === 'key') return isOneWord && value.length >= 8 && (isQuoted || isMadeUp)
  return isQuoted ? isOneWord || value.split(/\s/).length <= spacesMost : value.length >= 5 && isMadeUp
}
