/** E-mail addresses. Read outwards from each @, so that no text makes it slow. */

import type { Rule } from '../../rule.js'
import type { Finder } from './finder.js'
import { isTokenUnit } from './tokens.js'

export const emailRule: Rule = {
  id: 'pii.email',
  reason: 'PII',
  severity: 'normal',
  summary: 'it holds an e-mail address',
  finds:
    'A name, an @ and a domain that ends in letters, also in other scripts. Senders that are nobody (`noreply`, `mailer-daemon`), users of repositories (`git@host:`) and packages (`name@1.2.3`) are none.',
  hits: [
    'ann@example.org',
    'Ann.O+news@mail.example.co.uk, please',
    'mailto:ann_o@example.com?subject=x',
    'jörg@müller.example',
    '"ann o"@example.org',
  ],
  misses: [
    'lodash@4.17.21',
    'git@github.com:org/repo.git',
    'noreply@example.org',
    '@types/node',
    'logo@2x.png',
    'a@b',
    '["types", "@example.org"]',
    'user@localhost',
  ],
}

const localSigns = "!#$%&'*+-/=?^_`{|}~."
const localMaxChars = 64
const domainMaxChars = 253
const nobody = /^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer-daemon)$/i
const repositoryUser = /^(?:git|hg|svn|bzr)$/i
const domainEnd = /\.(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z\u0080-\uffff]{2,63})$/

/** Names of files, none of them a domain: `logo@2x.png`. */
const fileEnd = /\.(?:png|jpe?g|gif|webp|svg|avif|css|[cm]?js|json|html?|txt|pdf|ya?ml|xml|toml|lock)$/i

export const emailFinder: Finder = {
  rules: [emailRule],
  find({ text }, found) {
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const start = text.charAt(at - 1) === '"' ? quotedStart(text, at - 1) : localStart(text, at)
      const end = start < at ? domainEndAt(text, at + 1) : undefined
      if (end !== undefined && isSomebody(text.slice(start, at), text.charAt(end))) found(emailRule, { start, end })
    }
  },
}

function isSomebody(local: string, after: string): boolean {
  return !nobody.test(local) && !(after === ':' && repositoryUser.test(local))
}

function localStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < localMaxChars && isLocalUnit(text, start - 1)) start -= 1
  // A sign at its beginning belongs to what is around: quotes, slashes, equals signs.
  while (start < at && !isNameUnit(text.charCodeAt(start))) start += 1
  // What stands before the last sign of a query or a path is not of the address.
  for (let i = at - 1; i > start; i -= 1) {
    if ('/=&?|'.includes(text.charAt(i))) return i + 1
  }
  return start
}

/** `"ann o"@example.org` (RFC 5321, 4.1.2); the quote that it opens with ends nothing else. */
function quotedStart(text: string, closing: number): number {
  const from = Math.max(0, closing - localMaxChars)
  const start = text.slice(from, text.charAt(closing - 1) === '\\' ? closing - 1 : closing).lastIndexOf('"') + from
  const isOpening = start >= from && start < closing - 1 && !isWithin(text.charCodeAt(start - 1))
  return isOpening && isNameUnit(text.charCodeAt(start + 1)) ? start : closing + 1
}

const isWithin = (before: number): boolean =>
  isNameUnit(before) || before === 0x22 || before === 0x7d || before === 0x5d

function isLocalUnit(text: string, at: number): boolean {
  return isNameUnit(text.charCodeAt(at)) || localSigns.includes(text.charAt(at))
}

function isNameUnit(unit: number): boolean {
  return isTokenUnit(unit) || unit >= 0x80 || unit === 0x5f
}

/** The end of a domain with a dot and a name of letters at its end; a full stop after it is the sentence's. */
function domainEndAt(text: string, start: number): number | undefined {
  let end = start
  while (end < text.length && end - start < domainMaxChars && isDomainUnit(text.charCodeAt(end))) end += 1
  while (end > start && !isNameUnit(text.charCodeAt(end - 1))) end -= 1
  const domain = text.slice(start, end)
  if (!isNameUnit(text.charCodeAt(start)) || domain.includes('..')) return undefined
  return domainEnd.test(domain) && !fileEnd.test(domain) ? end : undefined
}

function isDomainUnit(unit: number): boolean {
  return isTokenUnit(unit) || unit >= 0x80 || unit === 0x2d || unit === 0x2e
}
