/**
 * Finds every text in a value, in order: keys and values, numbers as they are written, binary that is text.
 *
 * It keeps its own stack, so that nesting costs memory and no JavaScript frames, and it refuses what is over a limit
 * instead of looking at a part: what wasn't looked at must not pass.
 */

import { binaryText } from './binaryText.js'
import { MessageMap, readValue } from './messageValue.js'

export type WalkLimits = {
  /** Arrays and maps within each other. */
  readonly depth: number
  /** Values in all, containers too. */
  readonly values: number
  /** UTF-16 units of all texts together. */
  readonly textUnits: number
}

/** Where the text that is being looked at stands. Good only until the next text. */
export type Place = {
  readonly inKey: boolean
  /** JSON pointer; where it would have more than 1,024 characters, that of the nearest place above which has fewer. */
  pointer(): { readonly path: string; readonly exact: boolean }
  /** The names of the fields that it stands in, the nearest last, at most three; of a name, those above it. */
  names(): readonly string[]
}

/** The value has more than the gate may be made to read. */
export class OverLimit extends Error {
  override readonly name = 'OverLimit'
}

export function walkTexts(value: unknown, limits: WalkLimits, see: (text: string, place: Place) => void): void {
  new Walk(limits, see).through(value)
}

/** A container that is being gone through: of a map its names, of an array its items, and which of them it is at. */
type Level =
  | { readonly map: MessageMap; readonly items: readonly string[]; at: number }
  | { readonly map?: never; readonly items: readonly unknown[]; at: number }

const pointerMaxChars = 1_024
const labelNamesMax = 3

class Walk implements Place {
  inKey = false
  readonly #levels: Level[] = []
  readonly #limits: WalkLimits
  readonly #see: (text: string, place: Place) => void
  #values = 1
  #textUnits = 0

  constructor(limits: WalkLimits, see: (text: string, place: Place) => void) {
    this.#limits = limits
    this.#see = see
  }

  through(value: unknown): void {
    this.#enter(value)
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      level.at += 1
      if (level.at >= level.items.length) {
        this.#levels.pop()
        continue
      }
      if (level.map === undefined) this.#enter(level.items[level.at])
      else this.#field(level.map, level.items[level.at] ?? '')
    }
  }

  pointer(): { readonly path: string; readonly exact: boolean } {
    let path = ''
    for (const level of this.#levels) {
      const token = level.map === undefined ? String(level.at) : escapeToken(level.items[level.at] ?? '')
      if (path.length + 1 + token.length > pointerMaxChars) return { path, exact: false }
      path += `/${token}`
    }
    return { path, exact: true }
  }

  names(): readonly string[] {
    const names: string[] = []
    const from = this.inKey ? this.#levels.length - 2 : this.#levels.length - 1
    for (let i = from; i >= 0 && names.length < labelNamesMax; i -= 1) {
      const level = this.#levels[i]
      if (level?.map !== undefined) names.unshift(level.items[level.at] ?? '')
    }
    return names
  }

  #field(map: MessageMap, name: string): void {
    this.inKey = true
    this.#text(name)
    this.inKey = false
    this.#enter(map.get(name))
  }

  #enter(value: unknown): void {
    const read = readValue(value)
    if (typeof read === 'string') this.#text(read)
    else if (typeof read === 'number' || typeof read === 'bigint') this.#text(String(read))
    else if (read instanceof Uint8Array) this.#text(binaryText(read))
    else if (read instanceof MessageMap) this.#open({ map: read, items: read.names, at: -1 })
    else if (typeof read === 'object' && read !== null) this.#open({ items: read, at: -1 })
  }

  #text(text: string): void {
    if (text.length === 0) return
    this.#textUnits += text.length
    const most = this.#limits.textUnits
    if (this.#textUnits > most) throw new OverLimit(`it has more than ${most} characters of text`)
    this.#see(text, this)
  }

  #open(level: Level): void {
    this.#values += level.items.length
    const { depth, values } = this.#limits
    if (this.#values > values) throw new OverLimit(`it has more than ${values} values`)
    if (this.#levels.length >= depth) throw new OverLimit(`it is nested more than ${depth} levels deep`)
    this.#levels.push(level)
  }
}

function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
