/** A commit on its way: its request, and its answers read back. */
import type { Answer, Guard, Holder, Transaction } from '../port.js'
import { opcodes } from './opcodes.js'
import type { ReplyReader } from './replyReader.js'
import type { RequestWriter } from './requestWriter.js'
import { TransactionWriter } from './transactionWriter.js'

export type CommitRequest = {
  /** ms since the epoch; false: the server's own. */
  readonly time: number | false
  readonly holder: Holder
  readonly seq: number
  /** Who hears of its hints without being told by the server. */
  readonly sender: string
  readonly publish: 'PUBLISH' | 'SPUBLISH'
  /** Hints that stay in this process. */
  readonly kept: ReadonlySet<string>
  readonly transactions: readonly Transaction[]
}

const done: Answer = { kind: 'done' }

export function writeCommit(to: RequestWriter, request: CommitRequest): readonly Buffer[] {
  const { time, holder, seq, sender, publish, kept, transactions } = request
  to.begin()
  if (time === false) to.flag(false)
  else to.number(time)
  to.text(holder)
  to.number(seq)
  to.text(sender)
  to.text(publish)
  const entriesAt = to.reserve()
  to.number(transactions.length)
  const writer = new TransactionWriter(to, kept)
  for (const transaction of transactions) writer.transaction(transaction)
  to.fill(entriesAt, to.count + 1)
  to.number(writer.entries.length)
  for (const entry of writer.entries) to.text(entry)
  return to.finish()
}

/** Lets something new wait and ends nothing: refused while memory is short, so that there is some for what drains. */
export function adds({ writes }: Transaction): boolean {
  let isNew = false
  for (const { kind } of writes) {
    if (kind === 'settle' || kind === 'withdraw' || kind === 'drop') return false
    if (kind === 'enqueue') isNew = true
  }
  return isNew
}

export function readAnswers(reader: ReplyReader): readonly Answer[] {
  if (!reader.isList) return Array.from({ length: reader.number() }, () => done)
  return Array.from({ length: reader.list() }, () => readAnswer(reader))
}

function readAnswer(reader: ReplyReader): Answer {
  if (reader.isText) return { kind: 'invalid', why: reader.text() }
  if (reader.isList) return { kind: 'refused', guard: readGuard(reader) }
  reader.number()
  return done
}

function readGuard(reader: ReplyReader): Guard {
  reader.list()
  const code = reader.number()
  switch (code) {
    case opcodes.absent:
      return { kind: 'absent', record: reader.text() }
    case opcodes.fields:
      return readFieldGuard(reader)
    case opcodes.holds: {
      const held = { kind: 'holds', lane: reader.text(), entry: reader.text() } as const
      return reader.takeFalse() ? held : { ...held, holder: reader.text() }
    }
    case opcodes.pending:
      return { kind: 'pending', lane: reader.text(), entry: reader.text() }
    case opcodes.epoch:
      return { kind: 'epoch', n: reader.number() }
    case opcodes.atMost:
      return { kind: 'atMost', lane: reader.text(), n: reader.number() }
    default:
      throw new TypeError(`Redis: a guard of kind ${code} in the reply of a function`)
  }
}

function readFieldGuard(reader: ReplyReader): Guard {
  const record = reader.text()
  const field = reader.text()
  if (reader.takeFalse()) return { kind: 'equals', record, field, value: null }
  if (!reader.isText) return { kind: 'below', record, field, n: reader.number() }
  const value = reader.scalar()
  // As callers give them.
  return { kind: 'equals', record, field, value: value instanceof Uint8Array ? new Uint8Array(value) : value }
}
