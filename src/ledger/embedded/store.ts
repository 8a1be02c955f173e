/**
 * Keys and values that survive: changed in memory at once, durable once the journal has them, in the pages by and by.
 *
 * A read looks into the layer that is being written, then the one that the pages are taking over, then the pages. What
 * changed since the last flush goes into the next record of the journal, each key once, so whatever is put within one
 * turn of the event loop stands or falls together.
 *
 * The kind of a key is its second character: capital letters are lists, whose keys (`prefix`, then `suffix`) are read
 * in ranges; the others are rows.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerFault } from '../port.js'
import type { Journal } from './journal.js'
import { Layer, type Slot } from './layer.js'
import { codeOf, messageOf } from './ledgerRefusal.js'
import { type Item, mergeLayers } from './mergeLayers.js'
import { Packer, type Stored } from './packing.js'
import type { Pages } from './pages.js'
import { afterPrefix, isListKey, splitListKey } from './storeKeys.js'
import { takeOver } from './takeOver.js'
import { unpack } from './unpacking.js'

/** Where suffixes lie: `from` belongs to it, `to` doesn't. Empty: to the end. */
export type StoreRange = {
  readonly from: string
  readonly to?: string | undefined
  readonly descending?: boolean | undefined
}

export type StoreLimits = {
  /** The pages take over once a file of the journal has this much: what memory holds and a start reads again. */
  readonly journalBytes: number
  /** How long to wait before a write that found no room is tried again. */
  readonly retryMs: number
}

/** What goes into one record of the journal. */
type Group = { readonly slots: Slot[]; readonly durable: Promise<void>; readonly settle: (fault?: LedgerFault) => void }

const fullCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export class Store {
  readonly #pages: Pages
  readonly #journal: Journal
  readonly #limits: StoreLimits
  readonly #packer = new Packer(1 << 20)
  #top = new Layer()
  #taken: Layer | undefined
  #group = newGroup()
  #running: Promise<void> | undefined
  #takingOver: Promise<void> = Promise.resolve()
  /** The last try of the pages to take over failed. */
  #isTakeOverStuck = false
  #retry: NodeJS.Timeout | undefined
  #underWay: Promise<void> = Promise.resolve()
  #state: { readonly kind: 'open' | 'full' | 'closing' } | { readonly kind: 'broken'; readonly why: string } = {
    kind: 'open',
  }

  constructor(pages: Pages, journal: Journal, limits: StoreLimits) {
    this.#pages = pages
    this.#journal = journal
    this.#limits = limits
  }

  get(key: string): Stored | undefined {
    const slot = this.#top.row(key) ?? this.#taken?.row(key)
    return slot === undefined ? this.#fromPages(key) : slot.value
  }

  /** `isNew`: nothing is stored under this key, for certain. */
  put(key: string, value: Stored, isNew = false): void {
    const slot = this.#top.row(key)
    if (slot === undefined)
      this.#top.setRow(this.#gather({ key, value, isBelow: !isNew, isInJournal: false, isGathered: false }))
    else this.#change(slot, value)
  }

  drop(key: string): void {
    const slot = this.#top.row(key)
    if (slot === undefined) {
      this.#top.setRow(this.#gather({ key, value: undefined, isBelow: true, isInJournal: false, isGathered: false }))
      return
    }
    this.#change(slot, undefined)
    if (!slot.isBelow) this.#top.deleteRow(key)
  }

  getItem(prefix: string, suffix: string): Stored | undefined {
    const slot = this.#top.list(prefix)?.get(suffix) ?? this.#taken?.list(prefix)?.get(suffix)
    return slot === undefined ? this.#fromPages(prefix + suffix) : slot.value
  }

  putItem(prefix: string, suffix: string, value: Stored, isNew = false): void {
    const slot = this.#top.list(prefix)?.get(suffix)
    if (slot !== undefined) {
      this.#change(slot, value)
      return
    }
    const added = { key: prefix + suffix, value, isBelow: !isNew, isInJournal: false, isGathered: false }
    this.#top.setItem(prefix, suffix, this.#gather(added))
  }

  dropItem(prefix: string, suffix: string): void {
    const slot = this.#top.list(prefix)?.get(suffix)
    if (slot === undefined) {
      const dropped = { key: prefix + suffix, value: undefined, isBelow: true, isInJournal: false, isGathered: false }
      this.#top.setItem(prefix, suffix, this.#gather(dropped))
      return
    }
    this.#change(slot, undefined)
    if (!slot.isBelow) this.#top.deleteItem(prefix, suffix)
  }

  /** Nothing may be written while it is read. */
  range(prefix: string, { from, to, descending = false }: StoreRange): Generator<Item> {
    const layers = [this.#top, this.#taken].flatMap((layer) => {
      const list = layer?.list(prefix)
      return list === undefined ? [] : [list.range(from, to, descending)]
    })
    return mergeLayers(layers, fromPages(this.#pages, prefix, { from, to, descending }), descending)
  }

  /** Rows whose keys begin with `prefix`. For the start: it looks at all that the journal had. */
  *rows(prefix: string): Generator<Item> {
    const above = new Map<string, Slot>()
    for (const slot of this.#top.slots()) if (slot.key.startsWith(prefix)) above.set(slot.key, slot)
    for (const item of fromPages(this.#pages, prefix, { from: '' })) {
      if (!above.has(prefix + item[0])) yield [prefix + item[0], item[1]]
    }
    for (const [key, { value }] of above) if (value !== undefined) yield [key, value]
  }

  /** Why nothing can be written now, if so. */
  get obstacle(): 'full' | 'broken' | undefined {
    if (this.#state.kind === 'broken') return 'broken'
    // Pages that can't take over let the journal grow; memory grows with it.
    const isOverdue = this.#isTakeOverStuck && this.#journal.bytes > 2 * this.#limits.journalBytes
    return this.#state.kind === 'full' || isOverdue ? 'full' : undefined
  }

  /** Settles once everything that was put so far is durable; rejects where that isn't known. */
  settled(): Promise<void> {
    if (this.#state.kind === 'broken') return Promise.reject(new LedgerFault(this.#state.why))
    if (this.#group.slots.length === 0) return this.#underWay
    this.#running ??= this.#run()
    return this.#group.durable
  }

  /** Whether what was put so far is durable. */
  get isSettled(): boolean {
    return this.#group.slots.length === 0 && this.#running === undefined
  }

  /** Makes durable what was put, and ends. */
  async close(): Promise<void> {
    const last = this.settled().catch(() => {})
    if (this.#state.kind === 'full') this.#state = { kind: 'closing' }
    await last
    if (this.#state.kind !== 'broken') this.#state = { kind: 'closing' }
    await this.#running
    clearTimeout(this.#retry)
    await this.#takingOver
    clearTimeout(this.#retry)
    await this.#journal.close()
    await this.#pages.close()
  }

  /** What a record of the journal says, put again. */
  replay(content: Uint8Array): void {
    const entries = unpack(content) as readonly Stored[]
    for (let at = 0; at < entries.length; at += 2) {
      const key = entries[at] as string
      const value = entries[at + 1] ?? undefined
      const slot = { key, value, isBelow: true, isInJournal: true, isGathered: false }
      if (isListKey(key)) this.#top.setItem(...splitListKey(key), slot)
      else this.#top.setRow(slot)
    }
  }

  #fromPages(key: string): Stored | undefined {
    const bytes = this.#pages.get(key)
    return bytes === undefined ? undefined : unpack(bytes)
  }

  #change(slot: Slot, value: Stored | undefined): void {
    slot.value = value
    this.#gather(slot)
  }

  #gather(slot: Slot): Slot {
    if (slot.isGathered) return slot
    slot.isGathered = true
    this.#group.slots.push(slot)
    return slot
  }

  /** Flushes group after group until there is none. */
  async #run(): Promise<void> {
    await Promise.resolve()
    while (this.#group.slots.length > 0 && this.#state.kind !== 'broken') {
      // Who writes faster than the pages take over has to wait for them.
      if (this.#journal.bytes > 2 * this.#limits.journalBytes && !this.#isTakeOverStuck) await this.#takingOver
      const isTurned = this.#journal.bytes >= this.#limits.journalBytes && (await this.#turnJournal())
      const group = this.#group
      this.#group = newGroup()
      this.#underWay = group.durable
      const content = this.#packer.pack(entriesOf(group.slots))
      if (isTurned) {
        this.#taken = this.#top
        this.#top = new Layer()
      }
      await this.#append(content, group)
      if (isTurned) this.#takingOver = this.#takeOver(this.#journal.number - 1)
    }
    this.#running = undefined
  }

  /** Tries until there is room: what is in memory can't be taken back. Who waits is told after the first try. */
  async #append(content: Uint8Array, group: Group): Promise<void> {
    while (this.#state.kind !== 'closing') {
      try {
        await this.#journal.append(content)
        group.settle()
        this.#underWay = Promise.resolve()
        if (this.#state.kind === 'full') this.#state = { kind: 'open' }
        return
      } catch (error) {
        const why = `the journal can't be written: ${messageOf(error)}`
        const isFull = fullCodes.has(codeOf(error))
        if (this.#state.kind === 'open') this.#state = isFull ? { kind: 'full' } : { kind: 'broken', why }
        for (const waiting of [group, this.#group]) waiting.settle(new LedgerFault(why, { cause: error }))
        if (!isFull) return
        await sleep(this.#limits.retryMs)
      }
    }
  }

  /** Begins a file for what comes after the layer that the pages are about to take over. Later, if there is no room. */
  async #turnJournal(): Promise<boolean> {
    if (this.#taken !== undefined) return false
    return this.#journal.turn(this.#pages.fileBytes()).then(
      () => true,
      () => false,
    )
  }

  /** One try; if it fails the next one comes by itself. */
  async #takeOver(number: number): Promise<void> {
    if (this.#taken === undefined || this.#state.kind === 'closing') return
    try {
      await takeOver(this.#pages, this.#taken, number)
      // Before the layer is let go: the next turn of the journal needs the file that this one spares.
      await this.#journal.drop(number)
      this.#taken = undefined
      this.#isTakeOverStuck = false
    } catch {
      this.#isTakeOverStuck = true
      this.#retry = setTimeout(() => {
        this.#takingOver = this.#takeOver(number)
      }, this.#limits.retryMs)
    }
  }
}

function* fromPages(pages: Pages, prefix: string, { from, to, descending = false }: StoreRange): Generator<Item> {
  const end = to === undefined ? afterPrefix(prefix) : prefix + to
  for (const [key, bytes] of pages.range(prefix + from, end, descending))
    yield [key.slice(prefix.length), unpack(bytes)]
}

function newGroup(): Group {
  let settle: Group['settle'] = () => {}
  const durable = new Promise<void>((resolve, reject) => {
    settle = (fault) => (fault === undefined ? resolve() : reject(fault))
  })
  // Not everybody who writes waits.
  durable.catch(() => {})
  return { slots: [], durable, settle }
}

/** A record of the journal: keys and values in turn, null for what was removed. */
function entriesOf(slots: readonly Slot[]): readonly Stored[] {
  const entries: Stored[] = []
  for (const slot of slots) {
    slot.isGathered = false
    const neverWas = slot.value === undefined && !slot.isBelow && !slot.isInJournal
    if (neverWas) continue
    slot.isInJournal = true
    entries.push(slot.key, slot.value ?? null)
  }
  return entries
}
