/** Writes one write of a transaction down (see `lua/writes.lua`). Additions are the transaction's own business. */
import type { Patch, Write } from '../port.js'
import { InvalidWrite } from './invalidWrite.js'
import { opcodes } from './opcodes.js'
import type { RequestWriter } from './requestWriter.js'
import { checkHolder, isEntryId } from './shardNames.js'

const positions = /^[\x20-\x7e]{0,40}$/

/** `idInto`: the field of a `put` that gets an entry's id, which isn't known yet. */
export function writeWrite(to: RequestWriter, write: Exclude<Write, { kind: 'add' }>, idInto?: string): void {
  if (write.kind === 'put') {
    writePut(to, write.record, write.fields, idInto)
    return
  }
  to.number(opcodes[write.kind])
  switch (write.kind) {
    case 'drop':
      to.name(write.record)
      break
    case 'enqueue':
      to.name(write.lane)
      to.name(write.record)
      writeFieldName(to, write.idInto)
      to.number(0)
      break
    case 'append':
      to.name(write.log)
      if (!(write.entry instanceof Uint8Array)) throw new InvalidWrite("append: the entry isn't bytes")
      to.bytes(write.entry)
      break
    case 'settle':
    case 'withdraw':
    case 'adopt':
      to.text(write.lane)
      to.text(write.entry)
      break
    case 'index':
      to.name(write.set)
      to.name(write.member)
      if (!Number.isFinite(write.score)) throw new InvalidWrite(`index: ${write.score} is no score`)
      to.text(`${write.score}`)
      break
    case 'unindex':
      to.name(write.set)
      to.name(write.member)
      break
    case 'trim':
      to.name(write.log)
      if (!positions.test(write.upTo)) throw new InvalidWrite('trim: upTo is no position')
      to.text(isEntryId(write.upTo) ? `${Number(write.upTo) + 1}` : '0')
      break
    case 'raise':
      to.number(write.epoch)
      break
    case 'bury':
    case 'retire':
      checkHolder(write.holder)
      to.text(write.holder)
      break
    case 'hint':
      to.text(write.hint)
      break
  }
}

function writePut(to: RequestWriter, record: string, patch: Patch, idInto: string | undefined): void {
  to.number(opcodes.set)
  to.name(record)
  const places = to.reserve()
  const before = to.count
  if (idInto !== undefined) {
    writeFieldName(to, idInto)
    to.flag(false)
  }
  let removed = 0
  for (const name in patch) {
    const value = patch[name]
    if (name === idInto) continue
    if (value === null || value === undefined) removed++
    else {
      writeFieldName(to, name)
      to.scalar(value)
    }
  }
  to.fill(places, to.count - before)
  if (removed > 0) writeRemoved(to, record, patch, removed, idInto)
}

function writeRemoved(
  to: RequestWriter,
  record: string,
  patch: Patch,
  count: number,
  idInto: string | undefined,
): void {
  to.number(opcodes.unset)
  to.name(record)
  to.number(count)
  for (const name in patch) {
    const isRemoved = patch[name] === null || patch[name] === undefined
    if (isRemoved && name !== idInto) writeFieldName(to, name)
  }
}

function writeFieldName(to: RequestWriter, name: string): void {
  if (name === '__proto__') throw new InvalidWrite("a field can't be called __proto__")
  to.name(name)
}
