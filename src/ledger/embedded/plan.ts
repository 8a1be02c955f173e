/**
 * A transaction's writes, looked through before the first one is carried out: all or nothing.
 *
 * `check` throws at a write that can't be done, and nothing has changed then; after it `carryOut` can't fail. Records
 * change in drafts on the way, so that later writes of the transaction see the earlier ones.
 */
import type { EntryId, Holder, Write } from '../port.js'
import { byteString, InvalidWrite } from './names.js'
import type { KnownRecord } from './records.js'
import type { RowDraft } from './rowDraft.js'
import { finite } from './scalars.js'
import type { Scored } from './sets.js'
import type { ShardState } from './shardState.js'

type Touched = { readonly name: string; readonly record: KnownRecord; draft: RowDraft | undefined }

const holderMaxLength = 128
const positions = /^[\x20-\x7e]{0,40}$/

export class Plan {
  readonly #shard: ShardState
  readonly #caller: Holder
  readonly #writes: readonly Write[]
  /** Few: looked through faster than a map is made. */
  readonly #drafts: Touched[] = []
  /** Ids for what is enqueued, in order. */
  readonly #ids: EntryId[] = []
  /** Of what is put into sets and removed from them, in order. */
  readonly #members: Scored[] = []
  readonly #ended: EntryId[] = []
  readonly #adopted: EntryId[] = []
  #epoch: number

  constructor(shard: ShardState, caller: Holder, writes: readonly Write[]) {
    this.#shard = shard
    this.#caller = caller
    this.#writes = writes
    this.#epoch = shard.epoch
  }

  check(): void {
    for (const write of this.#writes) this.#check(write)
  }

  /** Gives each hint that is due to `hint`. */
  carryOut(hint: (hint: string) => void): void {
    const { lanes, sets } = this.#shard
    let enqueued = 0
    let members = 0
    for (const write of this.#writes) {
      if (write.kind === 'enqueue') lanes.enqueue(write.lane, this.#ids[enqueued++] ?? '', write.record)
      else if (write.kind === 'hint') hint(write.hint)
      else if (write.kind === 'index' || write.kind === 'unindex') {
        const member = this.#members[members++]
        if (member === undefined) continue
        if (write.kind === 'index') sets.index(write.set, member, write.score + 0)
        else sets.unindex(write.set, member)
      } else this.#carryOut(write)
    }
    const { records } = this.#shard
    for (const { record, draft } of this.#drafts) records.save(record, draft)
  }

  #check(write: Write): void {
    switch (write.kind) {
      case 'put':
        this.#draft(write.record).put(write.fields)
        break
      case 'add':
        this.#draft(write.record).add(write.field, write.n)
        break
      case 'drop':
        this.#touched(write.record).draft = undefined
        break
      case 'enqueue':
        this.#checkEnqueue(write)
        break
      case 'append':
        byteString(write.log)
        if (!(write.entry instanceof Uint8Array)) throw new InvalidWrite("append: the entry isn't bytes")
        break
      case 'settle':
        this.#checkPending(write)
        this.#ended.push(write.entry)
        break
      case 'withdraw':
        byteString(write.lane)
        this.#ended.push(write.entry)
        break
      case 'adopt':
        this.#checkPending(write)
        this.#adopted.push(write.entry)
        break
      case 'index':
        finite(write.score)
        this.#members.push(this.#shard.sets.member(write.set, write.member))
        break
      case 'unindex':
        this.#members.push(this.#shard.sets.member(write.set, write.member))
        break
      case 'trim':
        byteString(write.log)
        if (!positions.test(write.upTo)) throw new InvalidWrite('trim: upTo is no position')
        break
      case 'raise':
        this.#checkRaise(write.epoch)
        break
      case 'bury':
        checkHolder(write.holder)
        break
      case 'retire':
        checkHolder(write.holder)
        if (this.#holdsSomething(write.holder)) throw new InvalidWrite(`retire: ${write.holder} has pending entries`)
        break
      case 'hint':
        break
    }
  }

  #carryOut(write: Write): void {
    const { lanes, logs, holders } = this.#shard
    switch (write.kind) {
      case 'append':
        logs.append(write.log, this.#shard.nextId(), write.entry)
        break
      case 'settle':
        lanes.settle(write.entry)
        break
      case 'withdraw':
        if (lanes.pending(write.lane, write.entry) !== undefined) lanes.settle(write.entry)
        else lanes.remove(write.lane, write.entry)
        break
      case 'adopt':
        lanes.adopt(write.entry, this.#caller)
        break
      case 'trim':
        logs.trim(write.log, write.upTo)
        break
      case 'raise':
        this.#shard.raise(write.epoch)
        break
      case 'bury':
        holders.save(write.holder, { isBuried: true })
        break
      case 'retire':
        holders.retire(write.holder)
        break
    }
  }

  #draft(record: string): RowDraft {
    const touched = this.#touched(record)
    // Dropped before in this transaction, or not there: begins anew.
    touched.draft ??= this.#shard.records.draft(undefined)
    return touched.draft
  }

  #touched(name: string): Touched {
    for (const one of this.#drafts) if (one.name === name) return one
    const { records } = this.#shard
    const record = records.find(name)
    const touched = { name, record, draft: record.row === undefined ? undefined : records.draft(record.row) }
    this.#drafts.push(touched)
    return touched
  }

  #checkEnqueue({ lane, record, idInto }: Write & { readonly kind: 'enqueue' }): void {
    byteString(lane)
    const { draft } = this.#touched(record)
    if (draft === undefined) throw new InvalidWrite(`enqueue: there is no record ${record}`)
    const id = this.#shard.nextId()
    this.#ids.push(id)
    draft.put({ [idInto]: id })
  }

  #checkPending({
    kind,
    lane,
    entry,
  }: {
    readonly kind: string
    readonly lane: string
    readonly entry: EntryId
  }): void {
    const isPending = this.#shard.lanes.pending(lane, entry) !== undefined && !this.#ended.includes(entry)
    if (!isPending) throw new InvalidWrite(`${kind}: ${entry} isn't pending in ${lane}`)
  }

  #checkRaise(epoch: number): void {
    if (!Number.isSafeInteger(epoch) || epoch <= this.#epoch) {
      throw new InvalidWrite(`raise: the epoch is ${this.#epoch} and only grows`)
    }
    this.#epoch = epoch
  }

  #holdsSomething(holder: Holder): boolean {
    const isLeft = ({ entry }: { readonly entry: EntryId }) =>
      !this.#ended.includes(entry) && (holder === this.#caller || !this.#adopted.includes(entry))
    const isGained = (entry: EntryId) => !this.#ended.includes(entry)
    return this.#shard.lanes.held(holder).some(isLeft) || (holder === this.#caller && this.#adopted.some(isGained))
  }
}

export function checkHolder(holder: Holder): void {
  byteString(holder)
  if (holder.length > holderMaxLength) throw new InvalidWrite(`a holder has at most ${holderMaxLength} characters`)
}
