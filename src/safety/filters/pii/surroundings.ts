/**
 * What is said around a place in a text: words within some 40 characters to either side, or names of the fields that
 * the text stands in. All such words are looked for at once, when the first finder asks.
 */

import { FoldedText } from '../../views/folded.js'
import type { Reading } from '../../views/reading.js'
import type { Span } from '../../views/view.js'
import { StartTable } from '../startTable.js'
import { endsWord, isWordEdge } from '../wordEdges.js'
import { contextWords } from './contextWords.js'
import { trieExpression } from './wordTrie.js'

export type ContextKind = keyof typeof contextWords

const reachChars = 40
/** Shorter words are looked for as words of their own: `tel`, not `hotel`. */
const shortWordMaxChars = 5

/** After `call`: that somebody is called. Tools and functions are, too. */
const callee = /^[\s:]{1,3}(?:[\d+(]|(?:me|us|him|her|them|at|on|back|now|my|our|the|this|for)\b)/i
const calleeMaxChars = 12

const gap = /[\s_'-]/g
const kindsOfWord = wordTable()
const words = new RegExp(trieExpression(kindsOfWord.keys(), "[\\s_'-]{0,3}"), 'iy')
/** Where one may start: up to its first gap, a word is written as it is. */
const starts = new StartTable(
  [...new Set([...kindsOfWord.keys()].map((word) => word.split(gap)[0] ?? ''))].map((text) => ({
    text,
    item: text,
  })),
)

/** By the names of fields. Those of one kind of value are the same; emptied when full. */
const kindsOfLabels = new Map<string, ReadonlySet<ContextKind>>()
const labelsMost = 4_096
const rememberedLabel = 256
const noMentions: readonly Mention[] = []

type Mention = Span & { readonly kinds: readonly ContextKind[] }

export class Surroundings {
  readonly #reading: Reading
  #mentions: readonly Mention[] | undefined
  #labelKinds: ReadonlySet<ContextKind> | undefined
  #kinds: ReadonlySet<ContextKind> | undefined
  // Where the last question found its first word: questions mostly come in order.
  #from = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  say(kind: ContextKind, { start, end }: Span): boolean {
    const mentions = this.#inText()
    let from = this.#from
    while (from > 0 && (mentions[from - 1]?.end ?? 0) >= start - reachChars) from -= 1
    while (from < mentions.length && (mentions[from]?.end ?? 0) < start - reachChars) from += 1
    this.#from = from
    for (let i = from; i < mentions.length; i += 1) {
      const mention = mentions[i]
      if (mention === undefined || mention.start > end + reachChars) break
      if (mention.kinds.includes(kind)) return true
    }
    return this.#inLabel().has(kind)
  }

  get mentionSomething(): boolean {
    return this.#inText().length > 0 || this.#inLabel().size > 0
  }

  mention(kind: ContextKind): boolean {
    if (this.#inText().length === 0) return this.#inLabel().has(kind)
    this.#kinds ??= new Set([...this.#inText().flatMap(({ kinds }) => kinds), ...this.#inLabel()])
    return this.#kinds.has(kind)
  }

  #inText(): readonly Mention[] {
    this.#mentions ??= mentionsIn(this.#reading.text)
    return this.#mentions
  }

  #inLabel(): ReadonlySet<ContextKind> {
    this.#labelKinds ??= kindsOfLabel(this.#reading.label())
    return this.#labelKinds
  }
}

function kindsOfLabel(label: string): ReadonlySet<ContextKind> {
  const known = kindsOfLabels.get(label)
  if (known !== undefined) return known
  const kinds = new Set(mentionsIn(label).flatMap((mention) => mention.kinds))
  if (kindsOfLabels.size >= labelsMost) kindsOfLabels.clear()
  if (label.length <= rememberedLabel) kindsOfLabels.set(label, kinds)
  return kinds
}

function mentionsIn(text: string): readonly Mention[] {
  let found: Mention[] | undefined
  let from = 0
  starts.find(text, (_, start) => {
    if (start < from) return
    words.lastIndex = start
    const hit = words.exec(text)
    if (hit === null) return
    const end = start + hit[0].length
    const letters = hit[0].toLowerCase().replace(gap, '')
    if (letters.length <= shortWordMaxChars && !(isWordEdge(text, start) && endsWord(text, end))) return
    if (letters === 'call' && !callee.test(text.slice(end, end + calleeMaxChars))) return
    from = end
    found ??= []
    found.push({ start, end, kinds: kindsByLetters.get(letters) ?? [] })
  })
  return found ?? noMentions
}

/** A word may be of several kinds. */
function wordTable(): ReadonlyMap<string, readonly ContextKind[]> {
  const table = new Map<string, ContextKind[]>()
  for (const [kind, list] of Object.entries(contextWords)) {
    for (const word of list) {
      const folded = new FoldedText(word).text.toLowerCase()
      if (isContextKind(kind)) table.set(folded, [...(table.get(folded) ?? []), kind])
    }
  }
  return table
}

function isContextKind(kind: string): kind is ContextKind {
  return kind in contextWords
}

const kindsByLetters = byLetters(kindsOfWord)

/** The same by their letters alone, for `driver's licence` and `drivers-licence` are one. */
function byLetters(table: ReadonlyMap<string, readonly ContextKind[]>): ReadonlyMap<string, readonly ContextKind[]> {
  const joined = new Map<string, readonly ContextKind[]>()
  for (const [word, kinds] of table) {
    const letters = word.replace(gap, '')
    joined.set(letters, [...(joined.get(letters) ?? []), ...kinds])
  }
  return joined
}
