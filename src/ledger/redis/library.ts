/**
 * The functions that Redis carries out: the files in `lua/`, joined into one library.
 *
 * Its name and those of its functions carry a hash of its text, so the functions of two versions of this program stand
 * side by side in one server, and each node calls its own.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { opcodes } from './opcodes.js'

export type Library = {
  readonly name: string
  /** For `FUNCTION LOAD REPLACE`. */
  readonly code: string
  /** The full name of one of its functions. */
  readonly functionName: (short: FunctionName) => string
}

export type FunctionName =
  | 'commit'
  | 'drain'
  | 'recall'
  | 'claim'
  | 'now'
  | 'read'
  | 'held'
  | 'holders'
  | 'range'
  | 'log'
  | 'ready'

/** Each may use what stands in those before it. */
const parts = ['shard', 'records', 'sets', 'lanes', 'holders', 'tests', 'writes', 'commit', 'claim', 'reads'] as const

const hashLength = 8

export function readLibrary(): Library {
  const texts = parts.map((part) => readFileSync(new URL(`lua/${part}.lua`, import.meta.url), 'utf8'))
  return libraryOf(texts.join('\n'))
}

/** The library of these functions: `op` and `register` are given to them. */
export function libraryOf(functions: string): Library {
  const body = `${operations()}\n${functions}`
  const name = `chimera_${createHash('sha256').update(body).digest('hex').slice(0, hashLength)}`
  return {
    name,
    code: `#!lua name=${name}\n${registration(name)}\n${body}`,
    functionName: (short) => `${name}_${short}`,
  }
}

const operations = (): string =>
  `local op = { ${Object.entries(opcodes)
    .map(([word, code]) => `${word} = ${code}`)
    .join(', ')} }`

const registration = (name: string): string => `local function register(short, callback, ...)
  redis.register_function{ function_name = '${name}_' .. short, callback = callback, flags = { ... } }
end`
