/**
 * What the neighbours in one container say together: `["pass", "word"]`, `{"delete": "all"}`, a number or a token cut
 * in two. Of long ones only what is near their edges is joined, so that all joined texts of a value are in proportion
 * to it.
 *
 * They are joined with a space and with nothing between; numbers beside numbers only where they are few, or single
 * digits: measurements side by side are no account number.
 */

import { labelOf, type Origin, type Piece } from './views/origin.js'
import type { Span } from './views/view.js'

/** One text of a container: an item, the name of a field, or the value of one. */
export interface Neighbour extends Omit<Piece, 'span'> {
  readonly isNumber: boolean
}

/** How much of a neighbour is joined: to the end of a word, if it isn't far. */
const nearUnits = 32
const wordUnits = 512
/** Between what isn't to be read together. */
const apart = '\n.\n'
const fewNumbers = 8
const shortField = 12

/** A stretch of the joined text, from `offset` on in the text of a neighbour. */
type Stretch = { readonly at: number; readonly length: number; readonly of: Neighbour; readonly offset: number }

export class JoinedText implements Origin {
  readonly inKey = false
  readonly ways = ['joined']
  readonly #names: () => readonly string[]
  readonly #stretches: Stretch[] = []
  readonly #parts: string[] = []
  #length = 0

  constructor(names: () => readonly string[]) {
    this.#names = names
  }

  get isEmpty(): boolean {
    return this.#stretches.length === 0
  }

  get text(): string {
    return this.#parts.join('')
  }

  label(): string {
    return labelOf(this.#names())
  }

  /** What stands side by side, with this between. */
  addRow(row: readonly Neighbour[], between: '' | ' '): void {
    const isTightRow = between === '' && !areDigits(row)
    this.#glue(apart)
    row.forEach((one, i) => {
      if (i > 0) this.#glue(isTightRow && bothNumbers(one, row[i - 1]) ? apart : between)
      this.#add(one, i > 0, i < row.length - 1)
    })
  }

  /** The names and values of a map, as they are read, and short names right before short values. */
  addFields(fields: readonly Neighbour[]): void {
    this.addRow(fields, ' ')
    for (let i = 1; i < fields.length; i += 1) {
      const name = fields[i - 1]
      const value = fields[i]
      if (name === undefined || value === undefined || !name.inKey || value.inKey || value.isNumber) continue
      if (name.text.length <= shortField && value.text.length <= shortField) this.addRow([name, value], '')
    }
  }

  pieces({ start, end }: Span): readonly Piece[] {
    const pieces: Piece[] = []
    for (let i = this.#stretchAt(start); i < this.#stretches.length; i += 1) {
      const stretch = this.#stretches[i]
      if (stretch === undefined || stretch.at >= end) break
      const from = Math.max(start, stretch.at) - stretch.at
      const to = Math.min(end, stretch.at + stretch.length) - stretch.at
      if (to <= from) continue
      const { offset, of } = stretch
      const span = { start: offset + from, end: offset + to }
      pieces.push({ text: of.text, span, inKey: of.inKey, ordinal: of.ordinal, pointer: () => of.pointer() })
    }
    return pieces
  }

  #glue(glue: string): void {
    this.#parts.push(glue)
    this.#length += glue.length
  }

  /** The start of the neighbour, if it follows another, and its end, if another follows. */
  #add(of: Neighbour, isAfter: boolean, isBefore: boolean): void {
    const { text } = of
    const head = isAfter ? headEnd(text) : 0
    const tail = isBefore ? tailStart(text) : text.length
    if (tail <= head) {
      this.#stretch(of, 0, text.length)
      return
    }
    if (head > 0) this.#stretch(of, 0, head)
    if (head > 0 && tail < text.length) this.#glue(apart)
    if (tail < text.length) this.#stretch(of, tail, text.length)
  }

  #stretch(of: Neighbour, offset: number, end: number): void {
    this.#stretches.push({ at: this.#length, length: end - offset, of, offset })
    this.#glue(of.text.slice(offset, end))
  }

  /** The last stretch that starts at or before this offset. */
  #stretchAt(offset: number): number {
    let low = 0
    let high = this.#stretches.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#stretches[middle]?.at ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return Math.max(0, low)
  }
}

/** The values that are read one after the other: long rows of numbers are no text. */
export function rowOf(values: readonly Neighbour[]): readonly Neighbour[] {
  if (values.length <= fewNumbers || areDigits(values)) return values
  return values.filter(({ isNumber }) => !isNumber)
}

function areDigits(values: readonly Neighbour[]): boolean {
  return values.every(({ isNumber, text }) => !isNumber || text.length === 1)
}

function bothNumbers(one: Neighbour, other: Neighbour | undefined): boolean {
  return one.isNumber && other?.isNumber === true
}

function headEnd(text: string): number {
  const most = Math.min(text.length, nearUnits + wordUnits)
  let end = Math.min(text.length, nearUnits)
  while (end < most && !isSpace(text.charCodeAt(end))) end += 1
  return end
}

function tailStart(text: string): number {
  const least = Math.max(0, text.length - nearUnits - wordUnits)
  let start = Math.max(0, text.length - nearUnits)
  while (start > least && !isSpace(text.charCodeAt(start - 1))) start -= 1
  return start
}

const isSpace = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
