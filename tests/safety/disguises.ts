/**
 * Ways to write a text so that a person still reads it, or a program gets it back. Whatever the gate holds, it holds
 * after each of these that `hides` things of its class, alone and two combined (`combined`).
 *
 * - `words`: words and phrases; case and the kind of gap between words don't matter to them.
 * - `digits`: numbers of people and accounts, with or without separators.
 * - `secrets`: tokens that mean something byte for byte: no disguise of theirs changes letters for good.
 */

import { Buffer } from 'node:buffer'

export type Hidden = 'words' | 'digits' | 'secrets'

/** Which ones may be put on one another: those of a layer on all of its own and of the layers before. */
export const layers = ['lettering', 'invisible', 'spelling', 'encoding'] as const
export type Layer = (typeof layers)[number]

export type Disguise = {
  readonly name: string
  readonly layer: Layer
  readonly hides: readonly Hidden[]
  readonly apply: (text: string) => string
}

type Plain = Omit<Disguise, 'layer'>

/** One text in several places of a value. */
export type Scattering = {
  readonly name: string
  readonly hides: readonly Hidden[]
  readonly apply: (text: string) => unknown
}

const all: readonly Hidden[] = ['words', 'digits', 'secrets']

const everyPoint = (text: string, change: (point: string, i: number) => string) => [...text].map(change).join('')

const shifted = (text: string, ...ranges: readonly (readonly [from: string, to: string, first: number])[]) =>
  everyPoint(text, (point) => {
    const range = ranges.find(([from, to]) => point >= from && point <= to && point.length === 1)
    return range === undefined ? point : String.fromCodePoint(range[2] + point.charCodeAt(0) - range[0].charCodeAt(0))
  })

const swapped = (text: string, pairs: Readonly<Record<string, string>>) =>
  everyPoint(text, (point) => pairs[point] ?? point)

const between = (text: string, what: string) => [...text].join(what)

const lettering: readonly Plain[] = [
  { name: 'full-width', hides: all, apply: (text) => shifted(text, ['!', '~', 0xff01]) },
  {
    name: 'mathematical bold',
    hides: all,
    apply: (text) => shifted(text, ['a', 'z', 0x1d41a], ['A', 'Z', 0x1d400], ['0', '9', 0x1d7ce]),
  },
  {
    name: 'double-struck',
    hides: all,
    apply: (text) => shifted(text, ['a', 'z', 0x1d552], ['0', '9', 0x1d7d8]),
  },
  {
    name: 'circled',
    hides: all,
    apply: (text) => shifted(text, ['a', 'z', 0x24d0], ['A', 'Z', 0x24b6], ['1', '9', 0x2460]),
  },
  { name: 'tag characters', hides: all, apply: (text) => `ok ${shifted(text, [' ', '~', 0xe0020])} ok` },
  {
    name: 'regional indicators',
    hides: ['words'],
    apply: (text) => shifted(text.toUpperCase(), ['A', 'Z', 0x1f1e6]),
  },
  {
    name: 'Cyrillic look-alikes',
    hides: ['words', 'secrets'],
    apply: (text) =>
      swapped(text, { a: 'а', c: 'с', e: 'е', i: 'і', o: 'о', p: 'р', s: 'ѕ', x: 'х', y: 'у', A: 'А', E: 'Е', S: 'Ѕ' }),
  },
  {
    name: 'Greek look-alikes',
    hides: ['words', 'secrets'],
    apply: (text) => swapped(text, { o: 'ο', A: 'Α', E: 'Ε', I: 'Ι', K: 'Κ', N: 'Ν', O: 'Ο', P: 'Ρ', T: 'Τ', Y: 'Υ' }),
  },
  {
    name: 'Armenian, Cherokee and Coptic look-alikes',
    hides: ['words'],
    apply: (text) => swapped(text, { o: 'օ', s: 'ꮪ', u: 'ս', S: 'Ꮪ', I: 'Ⲓ', P: 'Ꮲ', W: 'Ꮃ', D: 'Ꭰ' }),
  },
  {
    name: 'small capitals',
    hides: ['words'],
    apply: (text) => swapped(text, { a: 'ᴀ', d: 'ᴅ', e: 'ᴇ', k: 'ᴋ', l: 'ʟ', o: 'ᴏ', p: 'ᴘ', r: 'ʀ', t: 'ᴛ', w: 'ᴡ' }),
  },
  {
    name: 'strokes and hooks',
    hides: ['words'],
    apply: (text) => swapped(text, { d: 'đ', e: 'ɇ', l: 'ł', o: 'ø', p: 'ƥ', r: 'ɍ', t: 'ŧ', y: 'ɏ', S: 'Ꞩ' }),
  },
  {
    name: 'digits for vowels',
    hides: ['words'],
    // Of a short word at least half stays: nobody reads P11 as PII.
    apply: (text) =>
      text
        .replace(/[aeio](?![0-9])/g, (vowel) => ({ a: '4', e: '3', i: '1', o: '0' })[vowel] ?? vowel)
        .replace(/(?<![I!1])I/g, '1'),
  },
  {
    name: 'digits for consonants',
    hides: ['words'],
    apply: (text) => text.replace(/[sS](?=.*[sS])/g, '5').replace(/[tT]/g, '7'),
  },
  { name: 'ones for l', hides: ['words'], apply: (text) => text.replace(/(?<![0-9@!lL])l(?![0-9])/g, '1') },
  {
    name: 'signs for letters',
    hides: ['words'],
    // Never the last letter: what a sign ends may just as well end a sentence.
    apply: (text) =>
      text.replace(
        /[aAtT](?=[A-Za-z])|(?<![sS5$])[sS](?=[A-Za-z])|(?<![iI1!])[iI](?=[A-Za-z])/g,
        (letter) => ({ a: '@', s: '$', i: '!', t: '+' })[letter.toLowerCase()] ?? '',
      ),
  },
  { name: 'Arabic-Indic digits', hides: ['digits'], apply: (text) => shifted(text, ['0', '9', 0x0660]) },
  { name: 'Devanagari digits', hides: ['digits'], apply: (text) => shifted(text, ['0', '9', 0x0966]) },
  {
    name: 'letters for digits',
    hides: ['digits'],
    // Every other one: what is mostly letters is no number to anybody.
    apply: (text) =>
      everyPoint(
        text,
        (point, i) =>
          (i % 3 === 1 ? ({ 0: 'O', 1: 'l', 5: 'S', 8: 'B' } as Record<string, string>)[point] : undefined) ?? point,
      ),
  },
]

const invisible: readonly Plain[] = [
  { name: 'zero-width spaces', hides: all, apply: (text: string) => between(text, '\u200b') },
  { name: 'zero-width joiners', hides: all, apply: (text: string) => between(text, '\u200d') },
  { name: 'soft hyphens', hides: all, apply: (text: string) => between(text, '\u00ad') },
  { name: 'control characters', hides: all, apply: (text: string) => between(text, '\u0000') },
  { name: 'directional marks', hides: all, apply: (text: string) => `\u202d${between(text, '\u200e')}\u202c` },
  {
    name: 'combining marks',
    hides: ['words'] as const,
    apply: (text: string) => everyPoint(text, (point) => (/\s/.test(point) ? point : `${point}\u0336`)),
  },
  { name: 'variation selectors', hides: all, apply: (text: string) => everyPoint(text, (point) => `${point}\ufe0f`) },
]

const spelling: readonly Plain[] = [
  { name: 'spelled with spaces', sign: ' ' },
  { name: 'spelled with dots', sign: '.' },
  { name: 'spelled with hyphens', sign: '-' },
  { name: 'spelled with underscores', sign: '_' },
  { name: 'spelled with slashes', sign: '/' },
  { name: 'spelled with asterisks', sign: '*' },
  { name: 'spelled with commas and spaces', sign: ', ' },
].map(({ name, sign }) => ({
  name,
  // Separators of their own in a number or a secret would be told from the ones between by nobody.
  hides: sign === ' ' ? all : (['words', 'digits'] as const),
  apply: (text: string) => between(text.replace(/[\s.-]/g, ''), sign),
}))

const bytes = (text: string) => Buffer.from(text, 'utf8')
const hex = (text: string) => bytes(text).toString('hex')
const pairs = (text: string) => hex(text).match(/../g) ?? []
const base64 = (text: string) => bytes(text).toString('base64')
const units = (text: string) => text.split('').map((unit) => unit.charCodeAt(0))

const encoding: readonly Plain[] = [
  {
    name: 'percent',
    apply: (text: string) =>
      pairs(text)
        .map((pair) => `%${pair}`)
        .join(''),
  },
  {
    name: 'percent, in part',
    apply: (text: string) =>
      everyPoint(text, (point, i) =>
        i % 2 === 1
          ? pairs(point)
              .map((pair) => `%${pair.toUpperCase()}`)
              .join('')
          : point,
      ),
  },
  { name: 'hex', apply: hex },
  { name: 'hex with spaces', apply: (text: string) => pairs(text).join(' ') },
  { name: 'hex with colons', apply: (text: string) => pairs(text.replace(/$/, '')).join(':').toUpperCase() },
  {
    name: 'hex, each with 0x',
    apply: (text: string) =>
      pairs(text)
        .map((pair) => `0x${pair}`)
        .join(', '),
  },
  { name: 'hex after 0x', apply: (text: string) => `0x${hex(text)}` },
  { name: 'base64', apply: base64 },
  { name: 'base64url without padding', apply: (text: string) => bytes(text).toString('base64url') },
  { name: 'base64 over lines', apply: (text: string) => base64(text).replace(/.{8}/g, '$&\r\n') },
  { name: 'base64 in a sentence', apply: (text: string) => `see ${base64(text)} for it` },
  { name: 'data URI', apply: (text: string) => `data:text/plain;charset=utf-8;base64,${base64(text)}` },
  { name: 'base64 of UTF-16', apply: (text: string) => Buffer.from(text, 'utf16le').toString('base64') },
  {
    name: '\\u escapes',
    apply: (text: string) =>
      units(text)
        .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
        .join(''),
  },
  {
    name: '\\u{} escapes',
    apply: (text: string) => everyPoint(text, (point) => `\\u{${(point.codePointAt(0) ?? 0).toString(16)}}`),
  },
  {
    name: '\\x escapes',
    apply: (text: string) =>
      pairs(text)
        .map((pair) => `\\x${pair}`)
        .join(''),
  },
  { name: 'decimal entities', apply: (text: string) => everyPoint(text, (point) => `&#${point.codePointAt(0)};`) },
  {
    name: 'hex entities, in part',
    apply: (text: string) =>
      everyPoint(text, (point, i) => (i % 2 === 0 ? `&#x${(point.codePointAt(0) ?? 0).toString(16)};` : point)),
  },
  {
    name: 'quoted-printable',
    apply: (text: string) =>
      pairs(text)
        .map((pair) => `=${pair.toUpperCase()}`)
        .join(''),
  },
  {
    name: 'quoted-printable, broken lines',
    apply: (text: string) =>
      everyPoint(text.replaceAll('=', '=3D'), (point, i) => (i % 5 === 4 ? `${point}=\r\n` : point)),
  },
].map((one) => ({ ...one, hides: all }))

const ofLayer = (layer: Layer, plain: readonly Plain[]): readonly Disguise[] => plain.map((one) => ({ ...one, layer }))

export const disguises: readonly Disguise[] = [
  ...ofLayer('lettering', lettering),
  ...ofLayer('invisible', invisible),
  ...ofLayer('spelling', spelling),
  ...ofLayer('encoding', encoding),
]

export function disguisesOf(hidden: Hidden): readonly Disguise[] {
  return disguises.filter(({ hides }) => hides.includes(hidden))
}

/** Every pair of disguises for this class, the first one put on first. */
export function combined(hidden: Hidden): readonly Disguise[] {
  const fitting = disguisesOf(hidden)
  return fitting.flatMap((first) =>
    fitting
      .filter((second) => second !== first && layers.indexOf(second.layer) >= layers.indexOf(first.layer))
      .map((second) => ({
        name: `${first.name}, then ${second.name}`,
        layer: second.layer,
        hides: [hidden],
        apply: (text: string) => second.apply(first.apply(text)),
      })),
  )
}

const halves = (text: string): readonly [string, string] => {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)]
}

export const scatterings: readonly Scattering[] = [
  { name: 'two items', hides: all, apply: (text) => halves(text) },
  {
    name: 'two items with surroundings',
    hides: all,
    apply: (text) => ['first', `it is ${halves(text)[0]}`, `${halves(text)[1]} indeed`],
  },
  { name: 'single characters', hides: all, apply: (text) => [...text] },
  { name: 'two values', hides: all, apply: (text) => ({ a: halves(text)[0], b: halves(text)[1] }) },
  { name: 'name and value', hides: ['words'], apply: (text) => ({ [halves(text)[0]]: halves(text)[1] }) },
  { name: 'words as items', hides: ['words'], apply: (text) => text.split(' ') },
  {
    name: 'words as names in one another',
    hides: ['words'],
    apply: (text) => text.split(' ').reduceRight<unknown>((inner, word) => ({ [word]: inner }), 1),
  },
  { name: 'a name', hides: all, apply: (text) => ({ list: [{ [text]: true }] }) },
  { name: 'UTF-8 binary', hides: all, apply: (text) => ({ file: new Uint8Array(bytes(text)) }) },
  {
    name: 'UTF-16 binary',
    hides: all,
    apply: (text) => ({ file: new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')) }),
  },
  {
    name: 'binary with noise',
    hides: all,
    apply: (text) =>
      new Uint8Array(
        Buffer.concat([Buffer.from([0xff, 0xd8, 0, 1]), bytes(`it is: ${text} `), Buffer.from([0xfe, 0xff])]),
      ),
  },
]
