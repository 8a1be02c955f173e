/**
 * How a command ends badly: one line for a person, and an exit code for scripts: 2 for what was asked wrongly, 3 for a
 * node that can't be reached, 1 for everything else.
 */
import { ChimeraError } from '../client/index.js'
import { UsageError } from '../errors.js'
import { LedgerRefusal } from '../ledger/ledgerRefusal.js'

export type ExitCode = 0 | 1 | 2 | 3

/** What could not be done, in words for whoever asked. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

export type Told = { readonly line: string; readonly exitCode: ExitCode }

/** What a person is told of an error. A bug comes with its stack, since that is what whoever mends it needs. */
export function told(error: unknown): Told {
  if (error instanceof UsageError) return { line: oneLine(error.message), exitCode: 2 }
  if (error instanceof CommandFailure) return { line: oneLine(error.message), exitCode: error.exitCode }
  if (error instanceof ChimeraError) return toldOfClient(error)
  if (error instanceof LedgerRefusal) return { line: oneLine(error.message), exitCode: 1 }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { line: `this is a bug: ${text}`, exitCode: 1 }
}

const advice: Partial<Record<ChimeraError['code'], string>> = {
  UNAUTHORIZED: 'make another token with "chimera token", and give it as CHIMERA_TOKEN',
  FORBIDDEN: '"chimera token --help" tells how to make another token',
  TOKEN_EXPIRED: 'make another token with "chimera token"',
  REFUSED: 'is --url the address of a Chimera node?',
  REPLACED: 'stop it, or take another name',
  ALREADY_DECIDED: '"chimera review show" tells by whom',
  CHANGED: 'look at it again with "chimera review show"',
  OVERLOADED: 'try again in a while',
  RATE_LIMITED: 'try again in a while',
}

const unreachableCodes: readonly string[] = ['UNREACHABLE', 'CONNECTION_LOST', 'NO_ANSWER']

function toldOfClient({ code, message }: ChimeraError): Told {
  if (unreachableCodes.includes(code)) {
    const next = 'is it running? Start one with "chimera serve", or say where it is with --url'
    return { line: oneLine(`the node does not answer (${message}); ${next}`), exitCode: 3 }
  }
  const next = code === 'NOT_FOUND' ? whereToLook(message) : advice[code]
  return {
    line: oneLine(`${code}: ${next === undefined ? message : `${message.replace(/\.$/, '')}; ${next}`}`),
    exitCode: 1,
  }
}

/** The message begins with the field whose id nobody knows. */
function whereToLook(message: string): string | undefined {
  if (message.startsWith('task:')) return '"chimera tasks" shows those there are'
  return message.startsWith('review:') ? '"chimera review list" shows those there are' : undefined
}

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, ' ')
