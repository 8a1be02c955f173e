/**
 * The log: JSON lines with ids. Payloads, outputs and tokens never get there, since a line takes a text of ours and
 * scalars alone; what is named like a secret is masked all the same.
 */
import { type DestinationStream, pino } from 'pino'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Ids and numbers that belong to a line. */
export type About = Readonly<Record<string, string | number | boolean>>

export type Log = {
  readonly [Level in LogLevel]: (text: string, about?: About) => void
} & {
  /** A log whose lines all carry these too. */
  readonly with: (about: About) => Log
}

export type LogOptions = {
  readonly level: LogLevel | 'silent'
  /** Where lines go; the standard error, where missing, so that what a command prints stays clean. */
  readonly destination?: DestinationStream
}

const masked = ['token', 'secret', 'password', 'authorization', 'lease', 'session', 'payload', 'output', 'jwtSecret']
const longestText = 2_048

export function createLog({ level, destination = pino.destination({ dest: 2, sync: false }) }: LogOptions): Log {
  const redact = { paths: masked, censor: '[masked]' }
  const formatters = { level: (label: string) => ({ level: label }) }
  return wrapped(pino({ level, base: null, redact, formatters, timestamp: pino.stdTimeFunctions.isoTime }, destination))
}

type Lines = Pick<ReturnType<typeof pino>, LogLevel | 'child'>

function wrapped(lines: Lines): Log {
  const writer =
    (level: LogLevel) =>
    (text: string, about: About = {}): void =>
      lines[level](about, text.length > longestText ? `${text.slice(0, longestText)}…` : text)
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    with: (about) => wrapped(lines.child(about)),
  }
}
