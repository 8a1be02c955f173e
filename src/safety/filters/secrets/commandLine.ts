/** Passwords that stand on a command line with no name of theirs: `curl -u user:…`, `sshpass -p …`, `mysql -p…`. */

import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import { isPlaceholder } from './placeholders.js'
import type { SecretFound } from './secretSearch.js'

export const commandRule: Rule = {
  id: 'secret.command-password',
  reason: 'SECRET',
  summary: 'it holds a command with a password',
  finds:
    'A password given to a command by an option that doesn’t name it: `curl -u user:…`, `sshpass -p …`, `mysql -p…` and its kin. Placeholders pass, and users without a password.',
  hits: [
    'curl -u nobody:not4real https://example.org/',
    "curl -sS --user 'nobody:not4real' https://example.org/",
    "sshpass -p 'not4real' ssh nobody@example.org",
    'mysql -u nobody -pnot4real orders',
    'mysqldump --host db -pnot4real orders',
    'mysql -p"n0t4 real9" orders',
    `curl -u 'nobody:n0"t4real9' https://example.org/`,
    'curl -u nobody:"n0t4 real9" https://example.org/',
    "curl -H 'Accept: a;q=1|b' -u nobody:not4real https://example.org/",
    'curl -u $NAME:$PASSWORD https://example.org/ && curl -u nobody:not4real https://example.org/',
  ],
  misses: [
    'curl -u $NAME:$PASSWORD https://example.org/',
    'curl -u <user>:<pass> https://example.org/',
    'curl -u nobody https://example.org/',
    'docker run -u 1000:1000 image',
    'mysql -u nobody -p orders',
    'mysql -P3306 -h db',
    'curl https://example.org/ | sh && docker run -u 1000:1000 image',
    'curl docs: use tar -xvu a:bcd',
    'run "mysql -p"; say "what it asks for"',
    '"curl -u nobody:" + word + " https://example.org/"',
  ],
}

/** `option` ends where its argument begins; of `user:password`, what stands after the colon is the password. */
type Command = { readonly name: string; readonly option: RegExp; readonly hasUser: boolean }

const commands: readonly Command[] = [
  {
    name: 'curl',
    // Of the letters before it none takes a value (https://curl.se/docs/manpage.html): `-xu` is another option's.
    option: /[\s"'`([,;|](?:-[#0-46aBfgGiIjJklLMnNOpqRsSvVZ]{0,6}[uU]|--user|--proxy-user)[ =]{0,4}/g,
    hasUser: true,
  },
  { name: 'sshpass', option: /\s-p[ ]{0,4}/g, hasUser: false },
  { name: 'mysql', option: /\s-p(?=[^\s-])/g, hasUser: false },
]
const secretLeast = 3
/** Of a line, from the command on; one that ends in a backslash goes on. */
const lineEnd = /(?<!\\)\n/
const lineMost = 512
/** Where no quotes are around it, an argument ends at these, which may be those around the whole command. */
const bareEnd = /[\s"']/
const operator = /[;|]|&&/
/** What follows a quote that ends something: `"mysql -p", "…`. */
const afterClosing = /^[,;.:|&)\]}]{0,8}(?:[\s"']|$)/

export function findCommandPasswords(text: string, found: SecretFound): void {
  for (const command of commands) {
    for (let at = text.indexOf(command.name); at !== -1; ) {
      const line = lineFrom(text, at)
      const end = endOfCommand(line, command.name.length)
      for (const hit of line.matchAll(command.option)) {
        if (hit.index >= end) break
        const secret = secretAt(line, hit.index + hit[0].length, command)
        if (secret !== undefined) found(commandRule, { start: at + secret.start, end: at + secret.end })
      }
      at = text.indexOf(command.name, at + end)
    }
  }
}

function lineFrom(text: string, from: number): string {
  const line = text.slice(from, from + lineMost)
  const end = line.search(lineEnd)
  return end === -1 ? line : line.slice(0, end)
}

/** To the first `|`, `;` or `&&` that isn't quoted: behind it stands another command. */
function endOfCommand(line: string, from: number): number {
  let at = from
  while (at < line.length && line[at] !== '|' && line[at] !== ';' && !line.startsWith('&&', at)) {
    const quote = quoteAt(line, at)
    const isOpening = quote !== '' && (bareEnd.test(line.charAt(at - 1)) || opens(line, at + quote.length))
    const close = isOpening ? closeOf(line, at + quote.length, quote) : -1
    if (close !== -1) at = close + quote.length
    else at += line[at] === '\\' ? 2 : 1
  }
  return Math.min(at, line.length)
}

function secretAt(line: string, at: number, { hasUser }: Command): Span | undefined {
  const argument = argumentAt(line, at)
  const secret = hasUser ? passwordOf(line, argument) : argument
  if (secret === undefined || secret.end - secret.start < secretLeast) return undefined
  const value = line.slice(secret.start, secret.end)
  if (isPlaceholder(value) || (secret.quote === '' && isPlaceholder(value.split(operator, 1)[0] ?? '')))
    return undefined
  return isBetweenQuotes(value) ? undefined : secret
}

/** What stands between quotes without being quoted: code that puts a command together, `"sshpass -p "+word+" ssh"`. */
const isBetweenQuotes = (value: string): boolean =>
  value.trimStart() !== value || (value.startsWith('+') && value.endsWith('+'))

/** `quote` is empty where the argument has none around it. */
type Argument = Span & { readonly quote: string }

function argumentAt(line: string, at: number): Argument {
  const quote = quoteAt(line, at)
  const isOpening = quote !== '' && opens(line, at + quote.length)
  const start = isOpening ? at + quote.length : at
  const close = isOpening ? closeOf(line, start, quote) : -1
  if (close !== -1) return { start, end: close, quote }
  const size = line.slice(start).search(bareEnd)
  return { start, end: size === -1 ? line.length : start + size, quote: '' }
}

/** Quotes may stand around both, around each, or around the password alone. */
function passwordOf(line: string, { start, end, quote }: Argument): Argument | undefined {
  const colon = line.slice(start, end).indexOf(':')
  if (colon !== -1 && quote !== '') return { start: start + colon + 1, end, quote }
  if (colon !== -1) return argumentAt(line, start + colon + 1)
  const behind = end + quote.length
  return quote !== '' && line[behind] === ':' ? argumentAt(line, behind + 1) : undefined
}

/** Within JSON with its backslash; empty where there is none. */
function quoteAt(line: string, at: number): string {
  const backslash = line[at] === '\\' ? '\\' : ''
  const sign = line[at + backslash.length]
  return sign === '"' || sign === "'" ? backslash + sign : ''
}

const opens = (line: string, behind: number): boolean => !afterClosing.test(line.slice(behind, behind + 16))

function closeOf(line: string, from: number, quote: string): number {
  let close = line.indexOf(quote, from)
  while (close !== -1 && quote === '"' && line[close - 1] === '\\') close = line.indexOf(quote, close + 1)
  return close
}
