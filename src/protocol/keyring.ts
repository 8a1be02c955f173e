/**
 * The keys of the maps that are open while a value is passed over without being built: none twice in one map, none
 * `__proto__`, each a text.
 *
 * A short map's keys are compared byte by byte, which needs no strings; a long one's would take time squared, and get
 * a Set.
 */
import { Malformed } from './malformed.js'
import { readText, textKind } from './text.js'

const fewKeys = 16

export class Keyring {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** Where each key of the short maps starts and ends, outermost map first. */
  readonly #spans: number[] = []
  /** The long maps, innermost last. */
  readonly #sets: Set<string>[] = []
  /** Where the innermost map's spans begin; -1: it is a long one. */
  #base = 0

  constructor(bytes: Uint8Array, view: DataView) {
    this.#bytes = bytes
    this.#view = view
  }

  /** A map begins. Returns what `close` wants back. */
  open(size: number): number {
    const outer = this.#base
    if (size > fewKeys) {
      this.#sets.push(new Set())
      this.#base = -1
    } else this.#base = this.#spans.length
    return outer
  }

  close(outer: number): void {
    if (this.#base === -1) this.#sets.pop()
    else this.#spans.length = this.#base
    this.#base = outer
  }

  /** Throws `Malformed`. */
  add(from: number, to: number): void {
    const kind = textKind(this.#view, from, to)
    if (kind === 'bad') throw new Malformed('a key that is not UTF-8')
    if (to - from === 9 && this.#view.getUint8(from) === 0x5f && this.#text(from, to, kind) === '__proto__')
      throw new Malformed('a key __proto__')
    if (this.#base === -1) this.#addToMany(this.#text(from, to, kind))
    else this.#addToFew(from, to)
  }

  #text(from: number, to: number, kind: 'ascii' | 'utf8'): string {
    return readText(this.#bytes, from, to, kind)
  }

  #addToMany(key: string): void {
    const set = this.#sets.at(-1)
    if (set?.has(key)) throw new Malformed('a key that comes twice')
    set?.add(key)
  }

  #addToFew(from: number, to: number): void {
    const spans = this.#spans
    for (let i = this.#base; i < spans.length; i += 2) {
      const start = spans[i] ?? 0
      const length = (spans[i + 1] ?? 0) - start
      if (length === to - from && this.#isSame(start, from, length)) throw new Malformed('a key that comes twice')
    }
    spans.push(from, to)
  }

  #isSame(one: number, other: number, length: number): boolean {
    for (let i = 0; i < length; i++) if (this.#view.getUint8(one + i) !== this.#view.getUint8(other + i)) return false
    return true
  }
}
