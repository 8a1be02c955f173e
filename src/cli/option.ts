/**
 * What can be given to a command, and how a text becomes its value: flags and arguments alike.
 */
import { UsageError } from '../errors.js'
import { type Format, formats } from '../protocol/formats.js'

export type Option<Value> = {
  /** Stands for the value in the help. Missing: a flag, which has none. */
  readonly value?: string
  readonly about: string
  /** `name` is what a person calls it: `--delay`, `ID`. Throws `UsageError`. */
  readonly read: (given: string | true | undefined, name: string) => Value
}

export type Options = Readonly<Record<string, Option<unknown>>>

export type ValuesOf<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer Value> ? Value : never
}

export const flag = (about: string): Option<boolean> => ({ about, read: (given) => given === true })

/** `read` gives undefined for what is not as `expected`. */
export const option = <Value>(
  value: string,
  about: string,
  expected: string,
  read: (text: string) => Value | undefined,
): Option<Value | undefined> => ({
  value,
  about,
  read: (given, name) => {
    if (typeof given !== 'string') return undefined
    const found = read(given)
    if (found === undefined) throw new UsageError(`${name}: expected ${expected}, got ${JSON.stringify(given)}`)
    return found
  },
})

export const required = <Value>(optional: Option<Value | undefined>): Option<Value> => ({
  ...optional,
  read: (given, name) => {
    const value = optional.read(given, name)
    if (value === undefined) throw new UsageError(`${name}: is needed (${optional.about.replace(/\.$/, '')})`)
    return value
  },
})

export const withDefault = <Value>(optional: Option<Value | undefined>, fallback: Value): Option<Value> => ({
  ...optional,
  read: (given, name) => optional.read(given, name) ?? fallback,
})

export const text = (value: string, about: string): Option<string | undefined> =>
  option(value, about, 'a text', (given) => (given === '' ? undefined : given))

export const formatted = (value: string, about: string, format: Format): Option<string | undefined> =>
  option(value, about, format.expected, (given) => (format.accepts(given) ? given : undefined))

export const integer = (value: string, about: string, min: number, max: number): Option<number | undefined> =>
  option(value, about, `an integer from ${min} to ${max}`, (given) => {
    const number = Number(given)
    return /^\d{1,15}$/.test(given) && number >= min && number <= max ? number : undefined
  })

export const oneOf = <const Value extends string>(about: string, values: readonly Value[]): Option<Value | undefined> =>
  option(values.join('|'), about, `one of ${values.join(', ')}`, (given) => values.find((each) => each === given))

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** In ms. */
export const duration = (about: string): Option<number | undefined> =>
  option('time', about, 'a time with its unit, such as 500ms, 30s, 10m, 2h, 7d', (given) => {
    const [, digits = '', unit = ''] = /^(\d{1,12})(ms|s|m|h|d)$/.exec(given) ?? []
    const factor = unitMs[unit]
    return factor === undefined ? undefined : Number(digits) * factor
  })

/** Names with commas between. */
export const names = (value: string, about: string): Option<readonly string[] | undefined> =>
  option(value, about, `names with commas between, each ${formats.name.expected}`, (given) => {
    const each = given.split(',').map((name) => name.trim())
    return each.every((name) => formats.name.accepts(name)) ? each : undefined
  })

export const json = flag('Print one JSON value a line.')
