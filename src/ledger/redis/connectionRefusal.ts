/**
 * Why a server doesn't let us in, or doesn't do what a node can't do without: a sentence for each, with what to do.
 *
 * What time mends is a fault, and is waited for; what a person has to change is a refusal.
 */
import { LedgerRefusal, type RefusalKind } from '../ledgerRefusal.js'
import { LedgerFault } from '../port.js'
import { consequenceOf, RedisError } from './connectionError.js'

/** What an ACL user needs, where it may do as little as possible: keys and channels of its cluster, and these. */
export const nodeRights = '+@all -@dangerous +info +config|get +function +client|setname +client|list'

type Sentence = { readonly says: RegExp; readonly kind: RefusalKind | 'passes'; readonly advice: string }

/** The first that fits counts. */
const sentences: readonly Sentence[] = [
  { says: /^WRONGPASS/, kind: 'forbidden', advice: 'the user or the password in its address is wrong' },
  {
    says: /^ERR AUTH .*without any password/,
    kind: 'forbidden',
    advice: 'it has no password: leave the one in its address out, or set one there (requirepass)',
  },
  { says: /^ERR .*invalid password/i, kind: 'forbidden', advice: 'the password in its address is wrong' },
  {
    says: /^NOAUTH/,
    kind: 'forbidden',
    advice: 'it asks for a password: give it in the address, redis://user:password@host:port',
  },
  {
    says: /^DENIED/,
    kind: 'forbidden',
    advice: 'it lets in its own machine alone: give it a password (requirepass), and give that in the address',
  },
  {
    says: /^NOPERM .*keys/,
    kind: 'forbidden',
    advice: 'let this user have the keys that begin as the cluster does (ACL SETUSER name ~chimera*)',
  },
  {
    says: /^NOPERM .*channels/,
    kind: 'forbidden',
    advice: 'let this user have the channels that begin as the cluster does (ACL SETUSER name &chimera*)',
  },
  { says: /^NOPERM/, kind: 'forbidden', advice: `let this user do what a node needs (ACL SETUSER name ${nodeRights})` },
  { says: /unknown (command|subcommand)/i, kind: 'older', advice: 'use Redis 7.0 or later' },
  { says: /^ERR .*DB index|^ERR .*invalid DB/i, kind: 'forbidden', advice: 'it has no database of that number' },
  {
    says: /^ERR max number of clients/i,
    kind: 'passes',
    advice: 'it has as many connections as it may; raise its maxclients',
  },
  {
    says: /^OOM/,
    kind: 'passes',
    advice: 'it has used up its memory: raise its maxmemory, or wait until there is room',
  },
  { says: /^MISCONF/, kind: 'passes', advice: 'it can not write to its disk: make room there' },
  { says: /^READONLY/, kind: 'passes', advice: 'it is a replica: give the address of the master' },
  { says: /^NOREPLICAS/, kind: 'passes', advice: 'it has fewer replicas than its min-replicas-to-write' },
]

/** `what` was being done. What is not known by its words is a refusal, unless the server can't do it just now. */
export function explain(error: RedisError, what?: string): LedgerRefusal | LedgerFault {
  const found = sentences.find(({ says }) => says.test(error.message))
  const kind = found?.kind ?? (isAnswer(error) ? 'forbidden' : 'passes')
  const message = [what, error.message].filter((part) => part !== undefined).join(': ')
  const text = found === undefined ? message : `${message.replace(/\.$/, '')}; ${found.advice}`
  return kind === 'passes' ? new LedgerFault(text, { cause: error }) : new LedgerRefusal(kind, text, { cause: error })
}

/** A server's own words are explained; anything else is as it is. */
export const explained = (error: unknown, what?: string): unknown =>
  error instanceof RedisError ? explain(error, what) : error

const isAnswer = (error: RedisError): boolean =>
  consequenceOf(error) === 'none' && ['ERR', 'NOPERM'].includes(error.code)

/** With the address in front, which the rest doesn't know. */
export const refusalAt = (address: string, { kind, message, cause }: LedgerRefusal): LedgerRefusal =>
  new LedgerRefusal(kind, `${address}: ${message}`, { cause })
