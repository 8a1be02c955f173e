/**
 * Finds every text in a value, in order: keys and values, numbers as they are written, binary that is text; and, where a
 * container ends, what its texts say together.
 *
 * It keeps its own stack, so that nesting costs memory and no JavaScript frames, and it refuses what is over a limit
 * instead of looking at a part: what wasn't looked at must not pass.
 */

import { binaryText } from './binaryText.js'
import { JoinedText, type Neighbour, rowOf } from './joinedText.js'
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
  /** Which text of the value it is. */
  readonly ordinal: number
  /** JSON pointer; where it would have more than 1,024 characters, that of the nearest place above which has fewer. */
  pointer(): { readonly path: string; readonly exact: boolean }
  /** The names of the fields that it stands in, the nearest last, at most three; of a name, those above it. */
  names(): readonly string[]
}

/** The value has more than the gate may be made to read. */
export class OverLimit extends Error {
  override readonly name = 'OverLimit'
}

/** Who looks at the texts, in the order in which they are found. */
export interface TextSink {
  sent(text: string, place: Place): void
  /** `isPlain`: nothing encoded, spelled or disguised by digits is looked for in it. */
  joined(text: JoinedText, isPlain: boolean): void
}

export function walkTexts(value: unknown, limits: WalkLimits, sink: TextSink): void {
  new Walk(limits, sink).through(value)
}

/** A container that is being gone through: of a map its names, of an array its items, and which of them it is at. */
type Level = {
  readonly map?: MessageMap
  readonly items: readonly unknown[]
  at: number
  /** The texts in it, in order; of a map its names too. */
  readonly texts: Neighbour[]
  /** Of a map, the name that it is at. */
  name?: Neighbour
}

const pointerMaxChars = 1_024
const labelNamesMax = 3
const rememberedName = 64

class Walk implements Place {
  inKey = false
  readonly #levels: Level[] = []
  readonly #limits: WalkLimits
  readonly #sink: TextSink
  /** Names that were joined with the one above them. */
  readonly #nested = new Set<string>()
  ordinal = 0
  #values = 1
  #textUnits = 0

  constructor(limits: WalkLimits, sink: TextSink) {
    this.#limits = limits
    this.#sink = sink
  }

  through(value: unknown): void {
    this.#enter(value)
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      level.at += 1
      if (level.at >= level.items.length) {
        this.#close(level)
        this.#levels.pop()
        continue
      }
      if (level.map === undefined) this.#enter(level.items[level.at])
      else this.#field(level, level.map, nameAt(level, level.at))
    }
  }

  pointer(): { readonly path: string; readonly exact: boolean } {
    return this.pointerTo(this.#levels.length - 1, this.#levels.at(-1)?.at ?? 0)
  }

  /** To what is at this place of the container at that depth. */
  pointerTo(depth: number, place: number): { readonly path: string; readonly exact: boolean } {
    let path = ''
    for (let i = 0; i <= depth; i += 1) {
      const level = this.#levels[i]
      if (level === undefined) break
      const at = i === depth ? place : level.at
      const token = level.map === undefined ? String(at) : escapeToken(nameAt(level, at))
      if (path.length + 1 + token.length > pointerMaxChars) return { path, exact: false }
      path += `/${token}`
    }
    return { path, exact: true }
  }

  names(): readonly string[] {
    return this.#namesFrom(this.inKey ? this.#levels.length - 2 : this.#levels.length - 1)
  }

  #namesFrom(depth: number): readonly string[] {
    const names: string[] = []
    for (let i = depth; i >= 0 && names.length < labelNamesMax; i -= 1) {
      const level = this.#levels[i]
      if (level?.map !== undefined) names.unshift(nameAt(level, level.at))
    }
    return names
  }

  #field(level: Level, map: MessageMap, name: string): void {
    this.inKey = true
    this.#text(name, false)
    this.inKey = false
    const written = level.texts.at(-1)
    if (written !== undefined && name.length > 0) level.name = written
    this.#enter(map.get(name))
  }

  #enter(value: unknown): void {
    const read = readValue(value)
    if (typeof read === 'string') this.#text(read, false)
    else if (typeof read === 'number' || typeof read === 'bigint') this.#text(String(read), true)
    else if (read instanceof Uint8Array) this.#text(binaryText(read), false)
    else if (read instanceof MessageMap) this.#open({ map: read, items: read.names, at: -1, texts: [] })
    else if (typeof read === 'object' && read !== null) this.#open({ items: read, at: -1, texts: [] })
  }

  #text(text: string, isNumber: boolean): void {
    if (text.length === 0) return
    this.#textUnits += text.length
    const most = this.#limits.textUnits
    if (this.#textUnits > most) throw new OverLimit(`it has more than ${most} characters of text`)
    this.ordinal += 1
    this.#sink.sent(text, this)
    const depth = this.#levels.length - 1
    const level = this.#levels[depth]
    if (level === undefined) return
    level.texts.push(new WrittenText(this, text, isNumber, depth, level.at))
  }

  /** What the texts of a container, which has come to its end, say together. */
  #close({ map, texts }: Level): void {
    if (texts.length === 0) return
    const names = () => this.#namesFrom(this.#levels.length - 2)
    const read = new JoinedText(names)
    if (map === undefined) {
      const row = rowOf(texts)
      if (row.length < 2) return
      const tight = new JoinedText(names)
      read.addRow(row, ' ')
      tight.addRow(row, '')
      this.#sink.joined(read, true)
      this.#sink.joined(tight, false)
      return
    }
    const row = rowOf(texts.filter(({ inKey }) => !inKey))
    if (row.length > 1) for (const between of [' ', ''] as const) read.addRow(row, between)
    if (texts.length > 1) read.addFields(texts)
    for (const pair of this.#nestedNames(texts)) read.addRow(pair, ' ')
    if (!read.isEmpty) this.#sink.joined(read, true)
  }

  /** Names with the one that they stand under. Rows of one kind have the same ones: each is looked at once. */
  #nestedNames(texts: readonly Neighbour[]): readonly (readonly [outer: Neighbour, inner: Neighbour])[] {
    const outer = this.#levels.findLast(({ map }, i) => map !== undefined && i < this.#levels.length - 1)?.name
    if (outer === undefined) return []
    const pairs: (readonly [Neighbour, Neighbour])[] = []
    for (const inner of texts) {
      if (inner.inKey && !this.#isKnown(outer.text, inner.text)) pairs.push([outer, inner])
    }
    return pairs
  }

  #isKnown(outer: string, inner: string): boolean {
    if (outer.length > rememberedName || inner.length > rememberedName) return false
    const names = `${outer}\n${inner}`
    if (this.#nested.has(names)) return true
    this.#nested.add(names)
    return false
  }

  #open(level: Level): void {
    this.#values += level.items.length
    const { depth, values } = this.#limits
    if (this.#values > values) throw new OverLimit(`it has more than ${values} values`)
    if (this.#levels.length >= depth) throw new OverLimit(`it is nested more than ${depth} levels deep`)
    this.#levels.push(level)
  }
}

class WrittenText implements Neighbour {
  readonly text: string
  readonly inKey: boolean
  readonly ordinal: number
  readonly isNumber: boolean
  readonly #walk: Walk
  readonly #depth: number
  readonly #at: number

  constructor(walk: Walk, text: string, isNumber: boolean, depth: number, at: number) {
    this.text = text
    this.inKey = walk.inKey
    this.ordinal = walk.ordinal
    this.isNumber = isNumber
    this.#walk = walk
    this.#depth = depth
    this.#at = at
  }

  /** Good only while the walk is within the container. */
  pointer(): { readonly path: string; readonly exact: boolean } {
    return this.#walk.pointerTo(this.#depth, this.#at)
  }
}

function nameAt({ items }: Level, at: number): string {
  const name = items[at]
  return typeof name === 'string' ? name : ''
}

function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
