/**
 * Has every text of a value looked at, in all its views, with what it holds encoded and what its neighbours say with
 * it. A part that fails is noted, which holds the value, and the others go on.
 */

import type { Finding } from '../tasks/verdict.js'
import { type Decoder, decoders } from './decoded/decode.js'
import type { Found, TextFilter } from './filters/filter.js'
import type { JoinedText } from './joinedText.js'
import type { Told } from './policy/ruling.js'
import type { Report, ReportedPlace } from './report.js'
import { OverLimit, type Place, type TextSink, type WalkLimits, walkTexts } from './textWalk.js'
import { DecodedOrigin, type Piece, SentOrigin } from './views/origin.js'
import { SeenText } from './views/seenText.js'
import { type ViewMakers, viewMakers } from './views/textViews.js'
import type { Span, View, ViewName } from './views/view.js'

/** What a text is read with. */
export type ReadingMeans = { readonly makers: ViewMakers; readonly decoders: readonly Decoder[] }

export const allMeans: ReadingMeans = { makers: viewMakers, decoders }

/** Encodings within each other that are undone. */
const deepest = 3
/** What is decoded may be so many times as long as the texts themselves may. */
const decodedShare = 2

/**
 * Names in which some filters found nothing: values of one kind have the same ones. A name of letters alone says the
 * same wherever it stands; with a number, it matters what it stands under. Emptied when full.
 */
export class PlainNames {
  readonly #names = new Set<string>()

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(name: string): void {
    if (!plainName.test(name)) return
    if (this.#names.size >= plainNamesMost) this.#names.clear()
    this.#names.add(name)
  }
}

const plainName = /^[A-Za-z_-]{1,64}$/
const plainNamesMost = 4_096

export type Readers = {
  readonly filters: readonly TextFilter[]
  /** Of these filters, and no others. */
  readonly plainNames: PlainNames
}

export function readTexts(
  value: unknown,
  limits: WalkLimits,
  readers: Readers,
  report: Report,
  means: ReadingMeans = allMeans,
): void {
  walkTexts(value, limits, new TextReader(limits, readers, report, means))
}

/** Each is read with those before it at hand. */
const viewsInOrder: readonly ViewName[] = ['raw', 'folded', 'lookalikes', 'letters', 'digits', 'squeezed']

class TextReader implements TextSink {
  readonly #byView: readonly (readonly [ViewName, readonly TextFilter[]])[]
  readonly #report: Report
  readonly #means: ReadingMeans
  readonly #decodedMost: number
  readonly #plainNames: PlainNames
  /** Filters that failed. They are asked no more, for they have said all that they can say. */
  readonly #failed = new Set<TextFilter>()
  #decodedUnits = 0
  #placesFound = 0
  #faults = 0

  constructor({ textUnits }: WalkLimits, readers: Readers, report: Report, means: ReadingMeans) {
    this.#byView = byViewOf(readers.filters)
    this.#plainNames = readers.plainNames
    this.#report = report
    this.#means = means
    this.#decodedMost = textUnits * decodedShare
  }

  sent(text: string, place: Place): void {
    if (place.inKey && this.#plainNames.has(text)) return
    const places = this.#placesFound
    this.#read(new SeenText(text, new SentOrigin(text, place), this.#means.makers))
    if (place.inKey && this.#placesFound === places && this.#faults === 0) this.#plainNames.add(text)
  }

  joined(joined: JoinedText, isPlain: boolean): void {
    this.#read(new SeenText(joined.text, joined, this.#means.makers, isPlain))
  }

  #read(text: SeenText): void {
    this.#look(text)
    let layer = this.#decode(text)
    if (layer.length === 0) return
    const known = new Set([text.texts.original])
    for (let depth = 1; layer.length > 0; depth += 1) {
      const fresh = layer.filter(({ texts: { original } }) => !known.has(original) && known.add(original))
      for (const one of fresh) this.#look(one)
      if (depth === deepest) return
      layer = fresh.flatMap((one) => this.#decode(one))
    }
  }

  #look(text: SeenText): void {
    const { readsOneWay } = text.texts
    for (const [name, filters] of this.#byView) {
      if (readsOneWay && name !== 'raw' && name !== 'folded') continue
      for (const view of this.#views(text, name)) this.#show(text, view, filters)
    }
  }

  #show(text: SeenText, view: View, filters: readonly TextFilter[]): void {
    const reading = text.reading(view)
    const found: Found = (rule, span) => this.#found(rule, text, view, span)
    for (const filter of filters) {
      if (this.#failed.has(filter)) continue
      try {
        filter.look(reading, found)
      } catch (fault) {
        this.#noteFault(filter.name, fault)
        this.#failed.add(filter)
      }
    }
  }

  #noteFault(part: string, fault: unknown): void {
    this.#faults += 1
    this.#report.noteFault(part, fault)
  }

  #found(rule: Told, text: SeenText, view: View, span: Span): void {
    this.#placesFound += 1
    this.#report.noteAt(rule, new FoundPlace(text, view, span))
  }

  #views(text: SeenText, name: ViewName): readonly View[] {
    try {
      return text.views(name)
    } catch (fault) {
      this.#noteFault(`view-${name}`, fault)
      return []
    }
  }

  #decode(outer: SeenText): readonly SeenText[] {
    const { folded, traits } = outer.texts
    if (!traits.escaped && !traits.encoded && !traits.paired && !traits.nested) return noTexts
    const found: SeenText[] = []
    for (const decoder of this.#means.decoders) {
      try {
        for (const { way, text, toEncoded } of decoder(folded.text, traits)) {
          const encoded = toEncoded({ start: 0, end: text.length })
          this.#decodedUnits += Math.min(text.length, encoded.end - encoded.start)
          const origin = new DecodedOrigin(outer.origin, way, (span) => folded.toOriginal(toEncoded(span)))
          found.push(new SeenText(text, origin, this.#means.makers))
        }
      } catch (fault) {
        this.#noteFault('decoding', fault)
      }
      if (this.#decodedUnits > this.#decodedMost) {
        throw new OverLimit(`it has more than ${this.#decodedMost} characters of encoded text`)
      }
    }
    return found
  }
}

const noTexts: readonly SeenText[] = []

const byViews = new WeakMap<readonly TextFilter[], readonly (readonly [ViewName, readonly TextFilter[]])[]>()

function byViewOf(filters: readonly TextFilter[]): readonly (readonly [ViewName, readonly TextFilter[]])[] {
  const known = byViews.get(filters)
  if (known !== undefined) return known
  const byView = viewsInOrder
    .map((name) => [name, filters.filter(({ views }) => views.includes(name))] as const)
    .filter(([, asking]) => asking.length > 0)
  byViews.set(filters, byView)
  return byView
}

const ordinalWeight = 2 ** 32

/** Where in a view something was found, led back to the value when it is asked. */
class FoundPlace implements ReportedPlace {
  readonly #text: SeenText
  readonly #view: View
  readonly #span: Span
  #pieces: readonly Piece[] | undefined

  constructor(text: SeenText, view: View, span: Span) {
    this.#text = text
    this.#view = view
    this.#span = span
  }

  /** The same for all views that show the same place of the value. */
  key(): number {
    const first = this.#led()[0]
    return first === undefined ? -1 : first.ordinal * ordinalWeight + first.span.start
  }

  findings(rule: Told): readonly Finding[] {
    return this.#text.findings(rule, this.#view, this.#led())
  }

  #led(): readonly Piece[] {
    this.#pieces ??= this.#text.origin.pieces(this.#view.toOriginal(this.#span))
    return this.#pieces
  }
}
