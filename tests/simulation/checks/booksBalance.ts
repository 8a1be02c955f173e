/** Counters, sets and tallies say the same as the records that they are about, counted again. */
import type { Fields } from '../../../src/ledger/port.js'
import { cardStatuses } from '../../../src/protocol/records.js'
import { fingerprintOf, tallyKey } from '../../../src/review/cardTally.js'
import { cardDueSet, cardSet, counterKey, dueSet, taskSet } from '../../../src/tasks/keys.js'
import { isFinal, taskOf } from '../../../src/tasks/task.js'
import type { Finished } from '../checker.js'
import type { Book } from '../ledgerBooks.js'

export function* booksBalance({ world }: Finished): Generator<string> {
  for (const book of world.books.books) {
    const { shard } = book
    for (const tenant of world.tenants) {
      for (const fault of [...tasksCounted(book, tenant), ...cardsCounted(book, tenant)]) {
        yield `books of ${tenant} in shard ${shard}: ${fault}`
      }
    }
    for (const id of book.sets.get(dueSet)?.keys() ?? []) {
      if (!book.records.has(`task/${id}`)) yield `books of shard ${shard}: ${id} is due and nowhere`
    }
    for (const id of book.sets.get(cardDueSet)?.keys() ?? []) {
      if (book.records.get(`card/${id}`)?.status !== 'PENDING')
        yield `books of shard ${shard}: ${id} is due and doesn't wait`
    }
    for (const { lane, id, record, holder } of book.left()) {
      yield `books of shard ${shard}: ${record} is left in ${lane} as ${id}, held by ${holder ?? 'nobody'}`
    }
  }
}

const recordsOf = (book: Book, prefix: string, tenant: string): Fields[] =>
  [...book.records]
    .filter(([name, fields]) => name.startsWith(prefix) && fields.tenant === tenant)
    .map(([, fields]) => fields)

function* tasksCounted(book: Book, tenant: string): Generator<string> {
  const counts: Record<string, number> = {}
  const sets = new Map<string, Set<string>>()
  const count = (name: string) => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  for (const fields of recordsOf(book, 'task/', tenant)) {
    const task = taskOf(fields)
    const group = isFinal(task) ? task.status : 'open'
    count(group)
    if (!isFinal(task) && (task.status === 'SCHEDULED' || task.status === 'NEEDS_REVIEW')) count(task.status)
    sets.set(group, (sets.get(group) ?? new Set()).add(task.id))
  }
  const kept = book.records.get(counterKey(tenant)) ?? {}
  for (const name of new Set([...Object.keys(kept), ...Object.keys(counts)])) {
    if ((kept[name] ?? 0) !== (counts[name] ?? 0)) yield `${name}: ${String(kept[name])} counted, ${counts[name]} there`
  }
  for (const [name, members] of book.sets) {
    if (!name.startsWith(taskSet(tenant, ''))) continue
    const group = name.slice(taskSet(tenant, '').length)
    yield* differing(name, members, sets.get(group) ?? new Set())
    sets.delete(group)
  }
  for (const [group, members] of sets) yield* differing(group, new Map(), members)
}

function* cardsCounted(book: Book, tenant: string): Generator<string> {
  const cards = recordsOf(book, 'card/', tenant)
  for (const status of cardStatuses) {
    const there = new Set(cards.filter((card) => card.status === status).map(({ id }) => String(id)))
    yield* differing(cardSet(tenant, status), book.sets.get(cardSet(tenant, status)) ?? new Map(), there)
  }
  const waiting = cards.filter(({ status }) => status === 'PENDING').map(({ id }) => fingerprintOf(String(id)))
  const tally = book.records.get(tallyKey(tenant))
  const fingerprint = waiting.reduce((sum, one) => sum + one, 0)
  if ((tally?.cards ?? 0) !== waiting.length || (tally?.fingerprint ?? 0) !== fingerprint)
    yield 'the tally of cards is off'
}

function* differing(name: string, members: ReadonlyMap<string, number>, there: ReadonlySet<string>): Generator<string> {
  for (const member of members.keys())
    if (!there.has(member)) yield `${name} has ${member}, which does not belong there`
  for (const member of there) if (!members.has(member)) yield `${name} lacks ${member}`
}
