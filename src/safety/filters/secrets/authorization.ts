/** What lets a request in: `Authorization` headers (RFC 7617, RFC 6750) and cookies of sessions. */

import { Buffer } from 'node:buffer'
import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import { isPlaceholder } from './placeholders.js'
import { looksRandom } from './randomness.js'
import type { SecretFound } from './secretSearch.js'

const basicExample = Buffer.from('nobody:not4real').toString('base64')

export const basicRule: Rule = {
  id: 'secret.basic-auth',
  reason: 'SECRET',
  summary: 'it holds user and password of a request',
  finds: '`Basic` and base64 that decodes to a user, a colon and a password.',
  hits: [`Authorization: Basic ${basicExample}`, `-H "authorization: basic ${basicExample}"`],
  misses: ['Authorization: Basic <credentials>', 'Basic information', 'basic aW5mb3JtYXRpb24='],
}

export const bearerRule: Rule = {
  id: 'secret.bearer-token',
  reason: 'SECRET',
  summary: 'it holds a bearer token',
  finds: '`Bearer` or `Token`, as in headers of requests, and a token that looks made up by a machine.',
  hits: ['Authorization: Bearer n0tAR3alT0ken4Anyb0dy', 'authorization: token n0tAR3alT0ken4Anyb0dy'],
  misses: ['Authorization: Bearer <token>', 'Authorization: Bearer $TOKEN', 'the bearer of this letter'],
}

export const cookieRule: Rule = {
  id: 'secret.session-cookie',
  reason: 'SECRET',
  summary: 'it holds the cookie of a session',
  severity: 'normal',
  finds: 'A cookie that is named like one of a session (`sessionid`, `PHPSESSID`, `connect.sid` …) with its value.',
  hits: ['Set-Cookie: sessionid=n0tAR3alS3ssion; Path=/', 'Cookie: theme=dark; PHPSESSID=n0tar3als3ssion7'],
  misses: ['Set-Cookie: theme=dark', 'sessionid=<id>', 'session: Thursday 10:00'],
}

export const authorizationRules: readonly Rule[] = [basicRule, bearerRule, cookieRule]

const basic = /\bbasic[ \t]{1,4}([A-Za-z0-9+/_-]{8,512}={0,2})/gi
const bearer =
  /\b(?:bearer|(authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:token|apikey|key)))[ \t:=]{1,4}["']?([A-Za-z0-9._~+/=-]{12,2048})/gi
const cookie =
  /(?<![A-Za-z])(?:PHPSESSID|JSESSIONID|ASPSESSIONID[A-Z]{0,8}|ASP\.NET_SessionId|\.ASPXAUTH|connect\.sid|laravel_session|ci_session|_?session_?(?:id|token)|wordpress_logged_in_[0-9a-f]{0,32}|auth_session|sid|_gitlab_session)=["']?([^\s;"'&<>,]{12,1024})/gi

const printable = /^[\x20-\x7e]+$/

export function findAuthorization(text: string, found: SecretFound): void {
  for (const hit of text.matchAll(basic)) {
    const secret = hit[1] ?? ''
    if (isUserAndPassword(secret)) found(basicRule, placeOf(hit, secret))
  }
  for (const hit of text.matchAll(bearer)) {
    const secret = hit[2] ?? ''
    if (!isPlaceholder(secret) && looksRandom(secret)) found(bearerRule, placeOf(hit, secret))
  }
  for (const hit of text.matchAll(cookie)) {
    const secret = hit[1] ?? ''
    if (!isPlaceholder(secret) && looksRandom(secret)) found(cookieRule, placeOf(hit, secret))
  }
}

function isUserAndPassword(encoded: string): boolean {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8')
  return printable.test(decoded) && /^[^:]*:[^:]/.test(decoded)
}

/** The secret ends what was hit. */
function placeOf(hit: RegExpExecArray, secret: string): Span {
  const end = hit.index + hit[0].length
  return { start: end - secret.length, end }
}
