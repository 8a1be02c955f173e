/**
 * Addresses that carry a password: `postgres://user:pass@host`, `https://user:pass@host`, and those with a token in the
 * place of the user.
 */

import type { Rule } from '../../rule.js'
import { charSet } from './charSet.js'
import { isTemplate } from './placeholders.js'
import type { SecretFound } from './secretSearch.js'

export const connectionRule: Rule = {
  id: 'secret.connection-string',
  reason: 'SECRET',
  summary: 'it holds the address of a database or a queue with its password',
  finds: 'An address with user and password (RFC 3986, userinfo) whose scheme isn’t one of the web’s: `redis://:…@…`.',
  hits: [
    'postgres://app:not4real@db.internal:5432/orders',
    'mongodb+srv://app:not4real@cluster0.example.net/?w=majority',
    'redis://:not4real@cache:6379',
    'amqp://guest:guest@localhost:5672/',
  ],
  misses: ['postgres://db.internal:5432/orders', 'postgres://app:$DB_PASSWORD@db/orders', 'redis://cache:6379/0'],
}

export const urlRule: Rule = {
  id: 'secret.url-credentials',
  reason: 'SECRET',
  summary: 'it holds an address with a password in it',
  finds: 'An address of the web (http, https, ftp, ws) with user and password before its host.',
  hits: ['https://user:pass@example.org/', 'ftp://backup:not4real@files.example.org'],
  misses: [
    'https://example.org:8080/@user',
    'https://user@example.org',
    'https://<user>:<password>@example.org',
    'https://example.org/a:b@c',
    'mailto:someone@example.org',
  ],
}

export const addressRules: readonly Rule[] = [connectionRule, urlRule]

const webSchemes = /(?:^|[^a-z])(?:https?|ftps?|sftp|wss?)$/i
const schemeChars = charSet('A-Za-z0-9+.-')
const schemeMost = 24
const userinfoMost = 512
/** Ends the part of an address in which user and password stand. */
const authorityEnd = /[/\s"'`<>]/
/** After a port, a `@` belongs to what follows. */
const portAndMore = /^\d{1,5}[?#&,;|\\]/
/** Passwords that say that the user is the secret. */
const userIsSecret = /^(?:x-oauth-basic|x-token-auth|x|api|token)?$/i
const tokenLeast = 16

export function findUrlCredentials(text: string, found: SecretFound): void {
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const schemeStart = schemeChars.startOfRun(text, at, at - schemeMost)
    if (schemeStart === at) continue
    const authority = authorityFrom(text, at + 3)
    const signAt = authority.lastIndexOf('@')
    if (signAt === -1) continue
    const colon = authority.indexOf(':')
    if (colon === -1 || colon > signAt || !isHost(authority, signAt)) continue
    const user = authority.slice(0, colon)
    const secret = authority.slice(colon + 1, signAt)
    const rule = webSchemes.test(text.slice(schemeStart, at)) ? urlRule : connectionRule
    const start = at + 3
    if (userIsSecret.test(secret)) {
      if (user.length >= tokenLeast && !isTemplate(user)) found(rule, { start, end: start + colon })
      continue
    }
    if (isTemplate(secret) || portAndMore.test(secret)) continue
    found(rule, { start: start + colon + 1, end: start + signAt })
  }
}

/** A template in the place of the password may hold spaces and brackets, which end it. */
function authorityFrom(text: string, start: number): string {
  const piece = text.slice(start, start + userinfoMost)
  const end = piece.search(authorityEnd)
  return end === -1 ? piece : piece.slice(0, end)
}

function isHost(authority: string, signAt: number): boolean {
  return /^[A-Za-z0-9[_${%-]/.test(authority.slice(signAt + 1, signAt + 2))
}
