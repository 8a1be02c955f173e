/** Cards as the ledger carried them out, one change after the other, with what each stood on before it. */
import type { Fields, Transaction, Write } from '../../../src/ledger/port.js'
import { type AuditEntry, auditOf } from '../../../src/tasks/entries.js'
import type { History } from '../history.js'

export type CardChange = {
  readonly order: number
  readonly at: number
  /** Its record before; undefined: it was made just then. */
  readonly before: Fields | undefined
  readonly after: Fields
  readonly entries: readonly AuditEntry[]
  readonly transaction: Transaction
}

const prefix = 'card/'

/** By the card's id. */
export const cardLivesIn = ({ done }: History): ReadonlyMap<string, readonly CardChange[]> => {
  const lives = new Map<string, CardChange[]>()
  for (const { order, at, transaction } of done) {
    for (const review of reviewsIn(transaction)) {
      const life = lives.get(review) ?? []
      lives.set(review, life)
      const before = life.at(-1)?.after
      const entries = entriesIn(transaction).filter((entry) => entry.review === review)
      life.push({ order, at, before, after: afterAll(before, review, transaction.writes), entries, transaction })
    }
  }
  return lives
}

const reviewsIn = ({ writes }: Transaction): ReadonlySet<string> =>
  new Set(
    writes.flatMap((write) =>
      write.kind === 'put' && write.record.startsWith(prefix) ? [write.record.slice(prefix.length)] : [],
    ),
  )

const entriesIn = ({ writes }: Transaction): readonly AuditEntry[] =>
  writes.flatMap((write) => (write.kind === 'append' && write.log.startsWith('audit/') ? [auditOf(write.entry)] : []))

const afterAll = (before: Fields | undefined, review: string, writes: readonly Write[]): Fields => {
  const after: Record<string, Fields[string]> = { ...before }
  for (const write of writes) {
    if (!('record' in write) || write.record !== `${prefix}${review}`) continue
    if (write.kind === 'add') after[write.field] = Number(after[write.field] ?? 0) + write.n
    if (write.kind !== 'put') continue
    for (const [name, value] of Object.entries(write.fields)) {
      if (value === null) delete after[name]
      else after[name] = value
    }
  }
  return after
}
