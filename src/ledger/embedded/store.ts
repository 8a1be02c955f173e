/**
 * Keys and values that survive: changed in memory at once, durable once the journal has them, in the pages by and by.
 *
 * A read looks into the layer that is being written, then the one that the pages are taking over, then the pages. What
 * changed since the last flush goes into the next record of the journal, each key once, so whatever is put within one
 * turn of the event loop stands or falls together.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { LedgerFault } from '../port.js'
import { codeOf, messageOf } from './folderRefusal.js'
import { entriesFrom, type Group, isEmpty, newGroup, packGroup } from './group.js'
import type { Journal } from './journal.js'
import { Layer, type Slot } from './layer.js'
import { type Item, mergeLayers } from './mergeLayers.js'
import { Packer, type Stored } from './packing.js'
import type { Pages } from './pages.js'
import { changedBytes } from './row.js'
import { afterTable, type Table } from './tables.js'
import { takeOver } from './takeOver.js'
import { unpack } from './unpacking.js'
import type { WriteHints } from './writeHints.js'

/** Where names lie: `from` belongs to it, `to` doesn't. Empty: to the end. */
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
  /** Settles once the group that is being written is durable. */
  #underWay: Promise<void> = Promise.resolve()
  #state: { readonly kind: 'open' | 'full' | 'closing' } | { readonly kind: 'broken'; readonly why: string } = {
    kind: 'open',
  }

  constructor(pages: Pages, journal: Journal, limits: StoreLimits) {
    this.#pages = pages
    this.#journal = journal
    this.#limits = limits
  }

  get(table: Table, name: string): Stored | undefined {
    const slot = this.slot(table, name)
    return slot === undefined ? this.paged(table, name) : slot.value
  }

  /** Where a value is in memory, removed ones too. */
  slot(table: Table, name: string): Slot | undefined {
    return this.#top.get(table, name) ?? this.#taken?.get(table, name)
  }

  /** What the pages have, where nothing newer is in memory. */
  paged(table: Table, name: string): Stored | undefined {
    const bytes = this.#pages.get(table + name)
    return bytes === undefined ? undefined : unpack(bytes)
  }

  /** Returns where it is in memory: given again with the next write of the same name, it saves looking for it. */
  put(table: Table, name: string, value: Stored, hints: WriteHints = {}): Slot {
    const known = hints.isUnique === true ? undefined : this.#known(table, name, hints.slot)
    const slot = known ?? place(this.#top, table, name, hints.isNew !== true)
    slot.value = value
    slot.group = this.#group
    if (known === undefined) this.#top.set(slot)
    if (hints.change === undefined) this.#gather(slot)
    else if (!slot.isGathered) this.#group.changes.push({ table, name, change: hints.change })
    return slot
  }

  drop(table: Table, name: string, last?: Slot): Slot {
    const known = this.#known(table, name, last)
    const slot = known ?? place(this.#top, table, name, true)
    slot.value = undefined
    slot.group = this.#group
    if (known === undefined) this.#top.set(slot)
    this.#gather(slot)
    if (!slot.isBelow) this.#top.delete(slot)
    return slot
  }

  /** Of a list, in order. Nothing may be written while it is read. */
  range(table: Table, { from, to, descending = false }: StoreRange): Generator<Item> {
    const layers = this.#taken === undefined ? [this.#top] : [this.#top, this.#taken]
    return mergeLayers(
      layers.map((layer) => layer.range(table, from, to, descending)),
      fromPages(this.#pages, table, { from, to, descending }),
      descending,
    )
  }

  /** All of a table that is no list, in no order. For the start. */
  *rows(table: Table): Generator<Item> {
    for (const item of fromPages(this.#pages, table, { from: '' })) {
      if (this.#top.get(table, item[0]) === undefined) yield item
    }
    for (const { name, value } of this.#top.slotsOf(table)) if (value !== undefined) yield [name, value]
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
    if (isEmpty(this.#group)) return this.#underWay
    this.#running ??= this.#run()
    return this.#group.durable
  }

  /** Whether what was put so far is durable. */
  get isSettled(): boolean {
    return isEmpty(this.#group) && this.#running === undefined
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
    for (const entry of entriesFrom(content)) {
      const { table, name } = entry
      const slot = { ...place(this.#top, table, name, true), isInJournal: true }
      slot.value = 'change' in entry ? changedBytes(this.#rowBytes(table, name), entry.change) : entry.value
      this.#top.set(slot)
    }
  }

  #rowBytes(table: Table, name: string): Uint8Array | undefined {
    const bytes = this.get(table, name)
    return bytes instanceof Uint8Array ? bytes : undefined
  }

  /** The slot of the layer that is written, if it has one. */
  #known(table: Table, name: string, last: Slot | undefined): Slot | undefined {
    return last?.layer === this.#top && last.value !== undefined ? last : this.#top.get(table, name)
  }

  #gather(slot: Slot): void {
    if (slot.isGathered) return
    slot.isGathered = true
    this.#group.slots.push(slot)
  }

  /** Flushes group after group until there is none. */
  async #run(): Promise<void> {
    await Promise.resolve()
    while (!isEmpty(this.#group) && this.#state.kind !== 'broken') {
      // Who writes faster than the pages take over has to wait for them.
      if (this.#journal.bytes > 2 * this.#limits.journalBytes && !this.#isTakeOverStuck) await this.#takingOver
      const isTurned = this.#journal.bytes >= this.#limits.journalBytes && (await this.#turnJournal())
      const group = this.#group
      this.#group = newGroup()
      this.#underWay = group.durable
      const content = packGroup(this.#packer, group)
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
        group.isDurable = true
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

function* fromPages(pages: Pages, table: Table, { from, to, descending = false }: StoreRange): Generator<Item> {
  const end = to === undefined ? afterTable(table) : table + to
  for (const [key, bytes] of pages.range(table + from, end, descending)) yield [key.slice(table.length), unpack(bytes)]
}

function place(layer: Layer, table: Table, name: string, isBelow: boolean): Slot {
  return { layer, table, name, value: undefined, isBelow, isInJournal: false, isGathered: false, group: undefined }
}
