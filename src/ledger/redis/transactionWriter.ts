/**
 * Writes transactions down as the plan that the functions carry out (see `lua/commit.lua`).
 *
 * What can be known to be invalid here is found here, and is written as such, behind the guards that may refuse it
 * before. What depends on the shard becomes a test in front of the transaction's first write.
 */
import type { EntryId, Guard, Transaction, Write } from '../port.js'
import { InvalidWrite } from './invalidWrite.js'
import { opcodes } from './opcodes.js'
import type { RequestWriter } from './requestWriter.js'
import { checkHolder, isEntryId } from './shardNames.js'
import { isPut, knownBefore, type Put, recordBefore } from './writesBefore.js'
import { writeWrite } from './writeWriter.js'

/** Guards of one record that are looked at in one go. */
const togetherMax = 1_024

export class TransactionWriter {
  readonly #to: RequestWriter
  readonly #kept: ReadonlySet<string>
  /** Entries that are mentioned: whose they are is looked up for all at once. */
  readonly #entries: EntryId[] = []
  /** Of the transaction at hand. */
  #guards: readonly Guard[] = []
  #hasRetire = false
  readonly #ended: EntryId[] = []

  /** `kept`: hints that go to no other process. */
  constructor(to: RequestWriter, kept: ReadonlySet<string>) {
    this.#to = to
    this.#kept = kept
  }

  get entries(): readonly EntryId[] {
    return this.#entries
  }

  transaction({ guards, writes }: Transaction): void {
    const to = this.#to
    const next = to.reserve()
    let mark = to.mark()
    try {
      for (let at = 0; at < guards.length; ) {
        at = this.#guard(guards, at)
        mark = to.mark()
      }
      this.#begin(guards, writes)
      const sums = this.#tests(writes)
      to.number(0)
      this.#writes(writes, sums)
    } catch (error) {
      if (!(error instanceof InvalidWrite)) throw error
      to.back(mark)
      to.number(opcodes.invalid)
      to.text(error.message)
      to.number(0)
    }
    to.fill(next, to.count + 1)
  }

  #begin(guards: readonly Guard[], writes: readonly Write[]): void {
    this.#guards = guards
    this.#ended.length = 0
    this.#hasRetire = false
    for (const { kind } of writes) if (kind === 'retire') this.#hasRetire = true
  }

  /** Says where the next one begins: those of one record that stand together become one. */
  #guard(guards: readonly Guard[], at: number): number {
    const to = this.#to
    const guard = guards[at]
    if (guard === undefined) return guards.length
    if (guard.kind === 'equals' || guard.kind === 'below') return this.#fieldGuards(guards, at, guard.record)
    to.number(opcodes[guard.kind])
    switch (guard.kind) {
      case 'absent':
        to.name(guard.record)
        break
      case 'holds':
        to.text(guard.lane)
        this.#entry(guard.entry)
        if (guard.holder === undefined) to.flag(false)
        else to.text(guard.holder)
        break
      case 'pending':
        to.text(guard.lane)
        this.#entry(guard.entry)
        break
      case 'epoch':
        to.number(guard.n)
        break
      case 'atMost':
        to.name(guard.lane)
        to.number(guard.n)
        break
    }
    return at + 1
  }

  #fieldGuards(guards: readonly Guard[], from: number, record: string): number {
    const to = this.#to
    to.number(opcodes.fields)
    to.name(record)
    const count = to.reserve()
    let end = from
    for (; end < guards.length && end - from < togetherMax; end++) {
      const guard = guards[end]
      if ((guard?.kind !== 'equals' && guard?.kind !== 'below') || guard.record !== record) break
      to.text(guard.field)
    }
    to.fill(count, end - from)
    for (let at = from; at < end; at++) {
      const guard = guards[at]
      if (guard?.kind === 'below') to.number(guard.n)
      else if (guard?.kind === 'equals' && guard.value !== null) to.wanted(guard.value)
      else to.flag(false)
    }
    return end
  }

  /** Says how many sums come before each addition's own, in the order of additions. */
  #tests(writes: readonly Write[]): readonly number[] {
    const sums: number[] = []
    let count = 0
    for (let at = 0; at < writes.length; at++) {
      const write = writes[at]
      if (write === undefined) continue
      if (write.kind === 'add') {
        if (this.#knownSum(writes, at, write)) count++
        sums.push(count++)
      } else this.#test(writes, at, write)
    }
    return sums
  }

  #knownSum(writes: readonly Write[], at: number, { record, field, n }: Write & { kind: 'add' }): boolean {
    const to = this.#to
    if (typeof n !== 'number' || !Number.isFinite(n)) throw new InvalidWrite(`add: ${n} can't be added`)
    const known = knownBefore(writes, at, record, field)
    if (known !== undefined) {
      to.number(opcodes.known)
      to.name(record)
      to.name(field)
      to.number(known)
    }
    to.number(opcodes.sum)
    to.name(record)
    to.name(field)
    to.number(n)
    return known !== undefined
  }

  #test(writes: readonly Write[], at: number, write: Write): void {
    const to = this.#to
    switch (write.kind) {
      case 'enqueue':
        if (recordBefore(writes, at, write.record)) break
        to.number(opcodes.exists)
        to.name(write.record)
        break
      case 'settle':
        this.#mustBePending(write, opcodes.settles)
        this.#ended.push(write.entry)
        break
      case 'adopt':
        this.#mustBePending(write, opcodes.adopts)
        break
      case 'withdraw':
        this.#ended.push(write.entry)
        to.number(opcodes.withdraws)
        to.name(write.lane)
        this.#entry(write.entry)
        break
      case 'raise':
        if (!Number.isSafeInteger(write.epoch)) throw new InvalidWrite('raise: an epoch is a whole number')
        to.number(opcodes.raises)
        to.number(write.epoch)
        break
      case 'retire':
        checkHolder(write.holder)
        to.number(opcodes.retires)
        to.text(write.holder)
        break
    }
  }

  /** A guard may have said so already. */
  #mustBePending(write: Write & { readonly kind: 'settle' | 'adopt' }, code: number): void {
    const { kind, lane, entry } = write
    if (this.#ended.includes(entry)) throw new InvalidWrite(`${kind}: ${entry} isn't pending in ${lane}`)
    if (!this.#hasRetire && this.#isGuarded(lane, entry)) return
    this.#to.number(code)
    this.#to.text(lane)
    this.#entry(entry)
  }

  #isGuarded(lane: string, entry: EntryId): boolean {
    for (const guard of this.#guards) {
      const isOfEntry = (guard.kind === 'holds' || guard.kind === 'pending') && guard.entry === entry
      if (isOfEntry && guard.lane === lane) return true
    }
    return false
  }

  #writes(writes: readonly Write[], sums: readonly number[]): void {
    const to = this.#to
    let additions = 0
    for (let at = 0; at < writes.length; at++) {
      const write = writes[at]
      if (write === undefined) continue
      if (write.kind === 'hint' && this.#kept.has(write.hint)) continue
      const next = writes[at + 1]
      if (write.kind === 'add') {
        to.number(opcodes.keep)
        to.number(sums[additions++] ?? 0)
      } else if (isPut(write) && next?.kind === 'enqueue' && next.record === write.record) {
        this.#enqueueWith(write, next)
        at++
      } else if (write.kind !== 'withdraw' || isEntryId(write.entry)) writeWrite(to, write)
    }
  }

  /** A record that is put and waits at once: its entry's id becomes one of the fields that are set. */
  #enqueueWith(put: Put, enqueue: Write & { readonly kind: 'enqueue' }): void {
    const to = this.#to
    to.number(opcodes.enqueue)
    to.name(enqueue.lane)
    to.name(enqueue.record)
    to.name(enqueue.idInto)
    // The place of its value: after those of this write (5), and set, record, count, field.
    to.number(5 + 4)
    writeWrite(to, put, enqueue.idInto)
  }

  #entry(entry: EntryId): void {
    this.#to.text(entry)
    const { length } = this.#entries
    if (this.#entries[length - 1] !== entry) this.#entries.push(entry)
  }
}
