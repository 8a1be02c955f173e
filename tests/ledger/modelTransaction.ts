/** What a transaction does, as the model does it: guard by guard, then write by write. */
import type { Fields, Guard, Scalar, Write } from '../../src/ledger/port.js'
import type { Entry, ModelShard } from './modelShard.js'

/** It could never be carried out. */
export class Invalid extends Error {}

export function isHeld(state: ModelShard, guard: Guard, caller: string): boolean {
  switch (guard.kind) {
    case 'absent':
      return !state.records.has(nameOf(guard.record))
    case 'equals': {
      const value = own(state.records.get(nameOf(guard.record)), guard.field)
      return guard.value === null ? value === undefined : value !== undefined && isSame(value, checked(guard.value))
    }
    case 'below': {
      const value = own(state.records.get(nameOf(guard.record)), guard.field)
      return value === undefined || (typeof value === 'number' && value < guard.n)
    }
    case 'holds':
      return state.pending(guard.lane, guard.entry)?.holder === (guard.holder ?? caller)
    case 'pending':
      return state.pending(guard.lane, guard.entry) !== undefined
    case 'epoch':
      return state.epoch === guard.n
    case 'atMost':
      return (state.lanes.get(nameOf(guard.lane))?.size ?? 0) <= guard.n
  }
}

export function carryOutWrite(state: ModelShard, write: Write, caller: string, told: string[]): void {
  switch (write.kind) {
    case 'put':
      state.records.set(nameOf(write.record), fieldsAfter(state.records.get(write.record) ?? {}, write.fields))
      break
    case 'add': {
      const present = own(state.records.get(nameOf(write.record)), write.field) ?? 0
      if (typeof present !== 'number') throw new Invalid('add to what is no number')
      const patch = { [write.field]: finite(present + finite(write.n)) }
      state.records.set(write.record, fieldsAfter(state.records.get(write.record) ?? {}, patch))
      break
    }
    case 'drop':
      state.records.delete(nameOf(write.record))
      break
    case 'enqueue': {
      const fields = state.records.get(nameOf(write.record))
      if (fields === undefined) throw new Invalid('enqueue of no record')
      const id = state.nextId()
      state.records.set(write.record, fieldsAfter(fields, { [write.idInto]: id }))
      state.lane(nameOf(write.lane)).set(id, { id, lane: write.lane, record: write.record, holder: null })
      break
    }
    case 'append':
      if (!(write.entry instanceof Uint8Array)) throw new Invalid('an entry that is no bytes')
      state.logOf(nameOf(write.log)).set(state.nextId(), write.entry.slice())
      break
    case 'settle':
      state.lane(write.lane).delete(mustBePending(state, write).id)
      break
    case 'withdraw':
      state.lane(nameOf(write.lane)).delete(write.entry)
      break
    case 'adopt':
      state.lane(write.lane).set(write.entry, { ...mustBePending(state, write), holder: caller })
      break
    case 'index': {
      const score = finite(write.score)
      state.set(nameOf(write.set)).set(nameOf(write.member), score)
      break
    }
    case 'unindex':
      state.set(nameOf(write.set)).delete(nameOf(write.member))
      break
    case 'trim':
      for (const id of [...state.logOf(nameOf(write.log)).keys()])
        if (id <= write.upTo) state.logOf(write.log).delete(id)
      break
    case 'raise':
      if (!Number.isSafeInteger(write.epoch) || write.epoch <= state.epoch) throw new Invalid('the epoch only grows')
      state.raise(write.epoch)
      break
    case 'bury':
      state.holders.set(nameOf(write.holder), { ...state.holder(write.holder), buried: true })
      break
    case 'retire':
      if (state.pendingOf(nameOf(write.holder)).length > 0) throw new Invalid('retire of one who holds something')
      state.holders.delete(write.holder)
      break
    case 'hint':
      told.push(write.hint)
  }
}

function mustBePending(state: ModelShard, { lane, entry }: { readonly lane: string; readonly entry: string }): Entry {
  const pending = state.pending(lane, entry)
  if (pending === undefined) throw new Invalid('not pending')
  return pending
}

export function fieldsAfter(fields: Fields, patch: Readonly<Record<string, Scalar | null>>): Fields {
  const after = new Map(Object.entries(fields))
  for (const [name, value] of Object.entries(patch)) {
    if (nameOf(name) === '__proto__') throw new Invalid('a field called __proto__')
    if (value === null || value === undefined) after.delete(name)
    else after.set(name, checked(value))
  }
  return Object.fromEntries(after)
}

function checked(value: Scalar): Scalar {
  if (typeof value === 'string') return Buffer.from(value).toString()
  if (value instanceof Uint8Array) return value.slice()
  return typeof value === 'boolean' ? value : finite(value)
}

function finite(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Invalid(`${String(value)} is no number`)
  return value + 0
}

function nameOf(name: string): string {
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > 512 || Buffer.from(name).toString() !== name) throw new Invalid('a name of 1 to 512 bytes')
  return name
}

const own = (fields: Fields | undefined, name: string): Scalar | undefined =>
  fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined

function isSame(left: Scalar, right: Scalar): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right) === 0
  return left === right
}
