/**
 * Finds where words and signs out of large sets start, whatever their case. All tables share a pass, those of the view
 * of letters another: filters look at the same text one after the other, and the first that asks has all of them looked
 * for. It costs the same for ten starts as for a thousand: three characters at a time are looked up in a table, 5 bits of
 * each. For 4 kB that takes some 10 µs; an expression of 150 alternatives that are no plain letters takes 300.
 *
 * Tables are made once, with what they are for, and last as long as the process.
 */

import { Buffer } from 'node:buffer'

const bits = 5
const mask = 31
const characters = 3
const tableMask = 2 ** (bits * characters) - 1
/** Of a text that is shorter, reading units one by one takes less time than making bytes of them. */
const shortUnits = 100
const whiteSpace = ' \t\n\v\f\r'

export type Start<T> = {
  /** Folded, in lower case; a space stands for any white space. */
  readonly text: string
  readonly item: T
}

/** The characters that count as this one, itself among them. */
export type Writings = (character: string) => string

const bothCases: Writings = (character) =>
  character === ' ' ? whiteSpace : character + character.toUpperCase().charAt(0)

/** In the view of letters a one may stand for an i or an l. */
export const writingsAsLetters: Writings = (character) =>
  character === 'i' || character === 'l' || character === '1' ? 'iIlL1' : bothCases(character)

export class StartTable<T> {
  readonly #pass: Pass
  readonly #hits: Hits
  readonly #items: readonly (readonly T[])[]

  constructor(starts: readonly Start<T>[], writings: Writings = bothCases) {
    const byText = new Map<string, T[]>()
    for (const { text, item } of starts) byText.set(text, [...(byText.get(text) ?? []), item])
    this.#items = [...byText.values()]
    this.#pass = writings === writingsAsLetters ? passOfLetters : pass
    this.#hits = this.#pass.add([...byText.keys()].map((text) => text.split('').map(writings)))
  }

  /** Each start that is written in the text, with where; in the order of the text. `see` looks at no other text. */
  find(text: string, see: (item: T, at: number) => void): void {
    this.#pass.over(text)
    const { count, starts, places } = this.#hits
    for (let i = 0; i < count; i += 1) {
      for (const item of this.#items[starts[i] ?? 0] ?? []) see(item, places[i] ?? 0)
    }
  }

  /** Is any of them written in the text? */
  isIn(text: string): boolean {
    this.#pass.over(text)
    return this.#hits.count > 0
  }
}

/** Which of one table's starts stand in the text, and where; those beyond `count` are of a text before. */
type Hits = { count: number; readonly starts: number[]; readonly places: number[] }
type Written = { readonly writings: readonly string[]; readonly start: number; readonly hits: Hits }

/** One look at a text for the starts of all tables. */
class Pass {
  /** Number of the list of starts for three characters; 0: none. */
  readonly #lists = new Uint16Array(tableMask + 1)
  readonly #starts: Written[][] = [[]]
  /** Those that have any in this text. */
  readonly #filled: Hits[] = []
  #text: string | undefined

  add(texts: readonly (readonly string[])[]): Hits {
    const hits: Hits = { count: 0, starts: [], places: [] }
    this.#text = undefined
    texts.forEach((writings, start) => {
      for (const key of keysOf(writings)) this.#listOf(key).push({ writings, start, hits })
    })
    return hits
  }

  #listOf(key: number): Written[] {
    const known = this.#lists[key] ?? 0
    if (known === 0) this.#lists[key] = this.#starts.push([]) - 1
    return this.#starts[this.#lists[key] ?? 0] ?? []
  }

  /** Fills the hits of all tables with those in this text. */
  over(text: string): void {
    if (text === this.#text) return
    for (let i = this.#filled.length; i > 0; i -= 1) {
      const hits = this.#filled.pop()
      if (hits !== undefined) hits.count = 0
    }
    this.#text = undefined
    this.#look(text)
    this.#text = text
  }

  #look(text: string): void {
    const lists = this.#lists
    const past = text.length + characters - 1
    let key = 0
    if (past < shortUnits) {
      for (let next = 0; next < past; next += 1) {
        key = ((key << bits) & tableMask) | (next < text.length ? text.charCodeAt(next) & mask : 0)
        if (lists[key] !== 0) this.#note(text, next - characters + 1, key)
      }
      return
    }
    const bytes = lowBytesOf(text, past)
    for (let next = 0; next < past; next += 1) {
      key = ((key << bits) & tableMask) | ((bytes[next] ?? 0) & mask)
      if (lists[key] !== 0) this.#note(text, next - characters + 1, key)
    }
  }

  #note(text: string, at: number, key: number): void {
    if (at < 0) return
    for (const { writings, start, hits } of this.#starts[this.#lists[key] ?? 0] ?? []) {
      if (!isWrittenAt(text, at, writings)) continue
      if (hits.count === 0) this.#filled.push(hits)
      hits.starts[hits.count] = start
      hits.places[hits.count] = at
      hits.count += 1
    }
  }
}

const pass = new Pass()
const passOfLetters = new Pass()

/** Room for the longest text so far, up to the most that a policy lets be read by default. */
let scratch = Buffer.alloc(16_384)
const scratchMaxBytes = 1_048_576 + characters

/** The low byte of each unit, and 0 behind the text. Reading units one by one from a string takes twice as long. */
function lowBytesOf(text: string, length: number): Uint8Array {
  let bytes = scratch
  if (length > bytes.length) {
    bytes = Buffer.alloc(length)
    if (length <= scratchMaxBytes) scratch = bytes
  }
  bytes.write(text, 0, 'latin1')
  bytes.fill(0, text.length, length)
  return bytes
}

function isWrittenAt(text: string, at: number, writings: readonly string[]): boolean {
  if (at + writings.length > text.length) return false
  // Backwards: that the first three fit is likely.
  for (let i = writings.length - 1; i >= 0; i -= 1) {
    if (!isWriting(text.charCodeAt(at + i), writings[i] ?? '')) return false
  }
  return true
}

function isWriting(unit: number, writings: string): boolean {
  if (unit === writings.charCodeAt(0) || unit === writings.charCodeAt(1)) return true
  return writings.length > 2 && writings.includes(String.fromCharCode(unit))
}

/** What the first three characters can look like; what a start doesn't reach can be anything. */
function keysOf(writings: readonly string[]): ReadonlySet<number> {
  let keys: readonly number[] = [0]
  for (let i = 0; i < characters; i += 1) {
    const codes = writings[i]?.split('').map(codeOf) ?? anyCode
    keys = keys.flatMap((key) => codes.map((code) => (key << bits) | code))
  }
  return new Set(keys)
}

const anyCode = Array.from({ length: mask + 1 }, (_, code) => code)

function codeOf(character: string): number {
  return character.charCodeAt(0) & mask
}
