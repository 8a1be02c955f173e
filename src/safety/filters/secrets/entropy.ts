/**
 * What looks made up by a machine within reach of a word for secrets, with no sign between that makes it a value of
 * that name: `the token for staging, n0tAR3alT0ken…`. What is called a hash, a commit or an id is none.
 */

import type { Rule } from '../../rule.js'
import { charSet } from './charSet.js'
import { nameExpression } from './credentialNames.js'
import { isPlaceholder } from './placeholders.js'
import { entropyOf, looksRandom } from './randomness.js'
import type { SecretFound } from './secretSearch.js'

export const entropyRule: Rule = {
  id: 'secret.high-entropy',
  reason: 'SECRET',
  summary: 'it holds what looks like a secret, near a word for one',
  severity: 'normal',
  finds:
    'At least 20 characters that look made up by a machine, within 48 characters after a word like token, secret, API key or password, unless what stands between calls them a hash, a commit, a digest or an id.',
  hits: ['the token for staging would be n0tAR3alT0ken4Anyb0dy', 'new credentials (app): n0tAR3alT0ken4Anyb0dy'],
  misses: [
    'the token was added in commit 0badcafe1234567890facade5678badd00d5eed1',
    'secret of the file with sha256 0badcafe1234567890facade5678badd00d5eed1',
    'n0tAR3alT0ken4Anyb0dy',
    'token usage is documented in src/tokens/usageOfTokens2024.ts',
  ],
}

const reach = 48
const lengthLeast = 20
const lengthMost = 512
const wordMost = 48
const bitsLeast = 3.5
const unbroken = charSet('A-Za-z0-9+/=_-')
const other =
  /hash|sha-?\d|sha\b|md5|commit|digest|checksum|integrity|fingerprint|etag|revision|uuid|guid|\bids?\b|address|(?<!\bon )file|path|url|https?:|\/\//i
const uuidLike = /^[0-9a-f]{8}-[0-9a-f]{4}-/i

export function findHighEntropy(text: string, found: SecretFound): void {
  // Up to where the text is read: names in a row don't make it read again.
  let readTo = 0
  nameExpression.lastIndex = 0
  for (let hit = nameExpression.exec(text); hit !== null; hit = nameExpression.exec(text)) {
    const from = hit.index + hit[0].length
    if (isWithinData(text, hit.index, from)) continue
    readTo = readFrom(text, from, Math.max(from, readTo), found)
  }
}

/** In a long run of base64, any short name is spelled now and then. */
function isWithinData(text: string, start: number, end: number): boolean {
  return unbroken.endOfRun(text, end, end + wordMost) - unbroken.startOfRun(text, start, start - wordMost) > wordMost
}

/** Says up to where it read. */
function readFrom(text: string, nameEnd: number, start: number, found: SecretFound): number {
  const to = Math.min(text.length, nameEnd + reach)
  // What the name itself is a part of isn't begun here.
  let at = start === nameEnd ? unbroken.endOfRun(text, start, to) : start
  while (at < to) {
    const end = unbroken.endOfRun(text, at, at + lengthMost)
    if (end - at >= lengthLeast) {
      const value = text.slice(at, end)
      if (!other.test(text.slice(nameEnd, at)) && isSecretLike(value)) found(entropyRule, { start: at, end })
      return end
    }
    at = Math.max(end, at + 1)
  }
  return Math.max(at, start)
}

function isSecretLike(value: string): boolean {
  if (uuidLike.test(value) || isPlaceholder(value) || !looksRandom(value)) return false
  // A path or a name of several words has its digits in one place, if any.
  const digits = value.match(/[0-9]+/g)?.length ?? 0
  return digits >= 3 && entropyOf(value) >= bitsLeast
}
