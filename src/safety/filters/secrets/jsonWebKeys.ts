/**
 * JSON Web Keys (RFC 7517) with what only their owner may have (RFC 7518, 6.2.2, 6.3.2, 6.4.1; RFC 8037), in any order of
 * their members: as JSON in a text, or as fields side by side, which are read with spaces between.
 */

import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import type { SecretFound } from './secretSearch.js'

const madeUp = 'NotARealKey7not4real0noTaR3alk3y'

export const jsonWebKeyRule: Rule = {
  id: 'secret.json-web-key',
  reason: 'SECRET',
  summary: 'it holds a private key as a JSON Web Key',
  finds:
    'A JSON Web Key with a private member: by its `kty` (`RSA`, `EC`, `OKP`, `oct`) and, in the same object, `d` or another secret part of an RSA key, or `k`. Public ones are none.',
  hits: [
    `{"kty":"OKP","crv":"Ed25519","x":"${madeUp}","d":"${madeUp}"}`,
    `{\\"k\\": \\"${madeUp}\\", \\"kty\\": \\"oct\\"}`,
    `kty: RSA\nn: ${madeUp}\ne: AQAB\nd: ${madeUp}`,
  ],
  misses: [
    `{"kty":"OKP","crv":"Ed25519","x":"${madeUp}"}`,
    `{"kty":"RSA","n":"${madeUp}","e":"AQAB","kid":"d"}`,
    '{"kty":"oct","k":"<your key>"}',
    `{"kty":"EC"} {"d":"${madeUp}"}`,
  ],
}

const sign = '[\\\\"\'`:=\\s]{1,12}'
const kind = new RegExp(`(?<![A-Za-z0-9_-])kty${sign}(RSA|EC|OKP|oct)\\b`, 'g')
const secretOf = (names: string): RegExp =>
  new RegExp(`(?<![A-Za-z0-9_-])(?:${names})${sign}([A-Za-z0-9_-]{22,2048})`, 'g')
const secretPair = secretOf('d|p|q|dp|dq|qi')
const secretOct = secretOf('k')
/** An RSA key of 8,192 bits with all its members is shorter. */
const reach = 8_192
/** Of what stands in a key's place, most characters are the same. */
const differentLeast = 10

export function findJsonWebKeys(text: string, found: SecretFound): void {
  if (!text.includes('kty')) return
  // Nothing is read again for the next: an object has one kind.
  let readTo = 0
  kind.lastIndex = 0
  for (let hit = kind.exec(text); hit !== null; hit = kind.exec(text)) {
    const start = objectStart(text, hit.index, readTo)
    readTo = objectEnd(text, kind.lastIndex)
    const secret = secretsIn(text.slice(start, readTo), hit[1] === 'oct' ? secretOct : secretPair)
    if (secret !== undefined) found(jsonWebKeyRule, { start: start + secret.start, end: start + secret.end })
    kind.lastIndex = readTo
  }
}

function objectStart(text: string, to: number, least: number): number {
  const from = Math.max(least, to - reach, 0)
  return from + text.slice(from, to).lastIndexOf('{') + 1
}

function objectEnd(text: string, from: number): number {
  const to = Math.min(text.length, from + reach)
  const size = text.slice(from, to).indexOf('}')
  return size === -1 ? to : from + size
}

/** From the first secret member to the end of the last, since what isn't told isn't masked. */
function secretsIn(object: string, members: RegExp): Span | undefined {
  let span: Span | undefined
  for (const member of object.matchAll(members)) {
    const secret = member[1] ?? ''
    if (new Set(secret.slice(0, 64)).size < differentLeast) continue
    const end = member.index + member[0].length
    span = { start: span?.start ?? end - secret.length, end }
  }
  return span
}
