/** How something is written so that a plain search doesn't see it. Each keeps what a person, or one decoder, reads. */

import type { Instance } from './instance.js'

type Covering = { readonly name: string; readonly of: (instance: Instance) => unknown }

const each = (text: string, cover: (char: string) => string) => [...text].map(cover).join('')
const codeOf = (char: string) => char.codePointAt(0) ?? 0
const hexOf = (char: string, width: number) => codeOf(char).toString(16).padStart(width, '0')
const isPrinted = (char: string) => codeOf(char) > 0x20 && codeOf(char) < 0x7f

const lookAlikes = new Map(
  Object.entries({
    a: 'а',
    c: 'с',
    e: 'е',
    i: 'і',
    o: 'о',
    p: 'р',
    x: 'х',
    y: 'у',
    A: 'А',
    B: 'В',
    E: 'Е',
    H: 'Н',
    K: 'К',
    M: 'М',
    O: 'О',
    P: 'Р',
    T: 'Т',
    X: 'Х',
    C: 'С',
    S: 'Ѕ',
  }),
)

type TextCovering = {
  readonly name: string
  readonly over: (text: string) => string
  /** Where it leaves no doubt of what was covered; missing: always. */
  readonly suits?: (instance: Instance) => boolean
}

/** With signs of its own in it, nobody can tell which were put in. */
const isUnbroken = ({ value }: Instance): boolean => /^[A-Za-z0-9]+$/.test(value)

/** What has to stand beside a word is encoded with it, or in its field. */
const isTelling = ({ isPlain }: Instance): boolean => isPlain

const textCoverings: readonly TextCovering[] = [
  { name: 'zero width', over: (text) => each(text, (char) => `${char}\u200b`) },
  { name: 'soft hyphens', over: (text) => text.replace(/(..)/g, '$1\u00ad') },
  {
    name: 'full width',
    over: (text) => each(text, (char) => (isPrinted(char) ? String.fromCodePoint(codeOf(char) + 0xfee0) : char)),
  },
  { name: 'look-alikes', over: (text) => each(text, (char) => lookAlikes.get(char) ?? char) },
  {
    name: 'bold digits',
    over: (text) => text.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
  },
  { name: 'spaced', over: (text) => [...text].join(' '), suits: isUnbroken },
  { name: 'dotted', over: (text) => [...text].join('.'), suits: isUnbroken },
  { name: 'hyphened', over: (text) => [...text].join('-'), suits: isUnbroken },
  { name: 'base64', over: (text) => Buffer.from(text).toString('base64'), suits: isTelling },
  { name: 'base64url', over: (text) => Buffer.from(text).toString('base64url'), suits: isTelling },
  { name: 'hex', over: (text) => Buffer.from(text).toString('hex'), suits: isTelling },
  {
    name: 'percent',
    over: (text) => each(text, (char) => (codeOf(char) < 0x80 ? `%${hexOf(char, 2)}` : encodeURIComponent(char))),
  },
  { name: 'entities', over: (text) => each(text, (char) => `&#${codeOf(char)};`) },
  { name: 'hex entities', over: (text) => each(text, (char) => `&#x${hexOf(char, 2)};`) },
  { name: '\\u', over: (text) => each(text, (char) => (codeOf(char) > 0xffff ? char : `\\u${hexOf(char, 4)}`)) },
  { name: '\\x', over: (text) => Buffer.from(text).toString('hex').replace(/../g, '\\x$&') },
]

/** Places for a value that change with the value's place alone. */
const placings: readonly Covering[] = [
  { name: 'items', of: ({ label, value }) => ({ [label]: cut(value) }) },
  { name: 'as key', of: ({ label, value }) => ({ [label]: { [value]: true } }) },
  {
    name: 'nested JSON',
    of: ({ label, value }) => ({ out: JSON.stringify({ in: JSON.stringify({ [label]: value }) }) }),
  },
  { name: 'value first', of: ({ label, value }) => ({ value, type: label }) },
]

type Way = readonly [way: string, value: unknown]

/** In a sentence, where what it is called stands before it, and in a field of that name. */
function standing(name: string, { label }: Instance, text: string): readonly Way[] {
  return [
    [name, `The ${label} on file is: ${text}`],
    [name, { [label]: text }],
  ]
}

export function coveredWays(instance: Instance): readonly Way[] {
  const suited = textCoverings.filter(({ suits }) => suits === undefined || suits(instance))
  return suited.flatMap(({ name, over }) => standing(name, instance, over(instance.value)))
}

export function placedWays(instance: Instance): readonly Way[] {
  return placings.map(({ name, of }) => [name, of(instance)])
}

/** The outer one covers the whole sentence, as a program that encodes would. */
export function coveredTwice(instance: Instance): readonly Way[] {
  const { label, value } = instance
  return inner.flatMap((first) =>
    outer.map((second): Way => [`${first.name} in ${second.name}`, second.over(`${label}: ${first.over(value)}`)]),
  )
}

const named = (...names: readonly string[]): readonly TextCovering[] =>
  textCoverings.filter(({ name }) => names.includes(name))
const inner = named('zero width', 'soft hyphens', 'full width', 'look-alikes', 'bold digits', 'entities', 'percent')
const outer = named('base64', 'base64url', 'hex', 'percent', 'hex entities', '\\u')

function cut(text: string): readonly [string, string] {
  const half = Math.ceil(text.length / 2)
  return [text.slice(0, half), text.slice(half)]
}
