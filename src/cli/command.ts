/**
 * A command of `chimera`: what it is called with, and what it does. It knows nothing of how a command line is read.
 */
import type { Options, ValuesOf } from './option.js'

/** As they were written: a text each, or true for a flag. */
export type Given = Readonly<Record<string, string | true | undefined>>

export type Command = {
  readonly name: string
  readonly about: string
  /** Lines to try, for the help. */
  readonly examples: readonly string[]
  readonly isHidden: boolean
  /** In their order, all needed. */
  readonly arguments: Options
  readonly options: Options
  readonly children: readonly Command[]
  readonly run: (given: Given) => Promise<void>
}

type Definition<Arguments extends Options, Flags extends Options> = {
  readonly name: string
  readonly about: string
  readonly examples?: readonly string[]
  readonly isHidden?: boolean
  readonly arguments?: Arguments
  readonly options?: Flags
  /** What it consists of. Named without one of them, it does what `run` says. */
  readonly children?: readonly Command[]
  /** Throws what `told` has words for. */
  readonly run: (values: ValuesOf<Arguments> & ValuesOf<Flags>) => Promise<void>
}

type None = Readonly<Record<never, never>>

export function command<Arguments extends Options = None, Flags extends Options = None>(
  definition: Definition<Arguments, Flags>,
): Command {
  const { examples = [], isHidden = false, children = [], run, ...rest } = definition
  const positional: Options = definition.arguments ?? {}
  const flags: Options = definition.options ?? {}
  const read = (given: Given) => ({
    ...valuesOf(positional, given, (name) => name.toUpperCase()),
    ...valuesOf(flags, given, flagOf),
  })
  return {
    ...rest,
    examples,
    isHidden,
    children,
    arguments: positional,
    options: flags,
    // The values are what the options' own `read` gave, which is what their types say.
    run: async (given) => run(read(given) as ValuesOf<Arguments> & ValuesOf<Flags>),
  }
}

/** `maxAttempts` is given as `--max-attempts`. */
export const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

function valuesOf(options: Options, given: Given, nameOf: (name: string) => string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, option.read(given[name], nameOf(name))]),
  )
}
