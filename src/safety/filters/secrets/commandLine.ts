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
  ],
  misses: [
    'curl -u $NAME:$PASSWORD https://example.org/',
    'curl -u <user>:<pass> https://example.org/',
    'curl -u nobody https://example.org/',
    'docker run -u 1000:1000 image',
    'mysql -u nobody -p orders',
    'mysql -P3306 -h db',
  ],
}

/** `option` ends where its argument begins; of `user:password`, what stands after the colon is the password. */
type Command = { readonly name: string; readonly option: RegExp; readonly hasUser: boolean }

const commands: readonly Command[] = [
  {
    name: 'curl',
    option: /[\s"'`([,;|](?:-[a-zA-Z]{0,6}[uU]|--user|--proxy-user)[ =]{0,4}["']?/,
    hasUser: true,
  },
  { name: 'sshpass', option: /\s-p[ ]{0,4}["']?/, hasUser: false },
  { name: 'mysql', option: /\s-p["']?(?=[^\s"'-])/, hasUser: false },
]
const argumentEnd = /[\s"']/
const secretLeast = 3
/** Of a command, to where its line ends; a line that ends in a backslash goes on. */
const lineEnd = /(?<!\\)\n/
const commandMost = 512

export function findCommandPasswords(text: string, found: SecretFound): void {
  for (const command of commands) {
    for (let at = text.indexOf(command.name); at !== -1; ) {
      const end = endOfCommand(text, at)
      const secret = secretIn(text.slice(at, end), command)
      if (secret !== undefined) found(commandRule, { start: at + secret.start, end: at + secret.end })
      at = text.indexOf(command.name, end)
    }
  }
}

function secretIn(line: string, { option, hasUser }: Command): Span | undefined {
  const hit = option.exec(line)
  if (hit === null) return undefined
  const from = hit.index + hit[0].length
  const size = line.slice(from).search(argumentEnd)
  const end = size === -1 ? line.length : from + size
  const colon = line.slice(from, end).indexOf(':')
  if (hasUser && colon === -1) return undefined
  const start = hasUser ? from + colon + 1 : from
  return end - start < secretLeast || isPlaceholder(line.slice(start, end)) ? undefined : { start, end }
}

function endOfCommand(text: string, from: number): number {
  const end = Math.min(text.length, from + commandMost)
  const size = text.slice(from, end).search(lineEnd)
  return size === -1 ? end : from + size
}
