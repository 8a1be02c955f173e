/**
 * What a command says and reads: results on the standard output, everything else on the standard error.
 *
 * What agents and mails say is printed here too, and a terminal obeys some characters: those never leave as they are.
 */
import { toJson } from '../protocol/json.js'

/** Whether a person sits at both ends. */
export const isInteractive = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true

/** A line of a result. Line breaks in it stay. */
export function print(text: string): void {
  process.stdout.write(`${printable(text)}\n`)
}

/** A result as one line of JSON, free values as the protocol says them. */
export function printJson(value: unknown): void {
  process.stdout.write(`${jsonLine(value)}\n`)
}

/** A result, as whoever asked wants it. */
export function printAs(isJson: boolean, value: unknown, text: () => string): void {
  if (isJson) printJson(value)
  else print(text())
}

/** Something about what is going on. */
export function note(text: string): void {
  process.stderr.write(`${printable(text)}\n`)
}

/** All of the standard input, as text. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** Whoever reads has read enough: `chimera tasks | head`. Nothing is wrong then; and notes that nobody reads are no loss. */
export function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

/** Without the characters that a terminal obeys, or that show a text in another order than it has. */
export const printable = (text: string): string =>
  text.replace(obeyed, (character) => (character === '\t' ? ' ' : '\ufffd'))

/** On one line, cut at `max` characters. */
export function excerpt(text: string, max: number): string {
  const line = printable(text.replace(/\s+/g, ' ').trim())
  return line.length > max ? `${line.slice(0, Math.max(max - 1, 0)).toWellFormed()}…` : line
}

/** A free value in a line of JSON; JSON itself leaves some of the obeyed characters as they are. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(toJson(value)).replace(
    obeyed,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Control characters but the line break, and those of writing direction. */
const obeyed = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
