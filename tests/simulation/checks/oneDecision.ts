/** G5 and G6: a card is decided once, and each hold, decision, withdrawal, cancel and replay stands in the audit once. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { type DecisionAnswer, decisionsAgree } from '../../../src/prove/checks/decisionsAgree.js'
import { type AuditEntry, auditOf } from '../../../src/tasks/entries.js'
import type { Finished } from '../checker.js'

export function* oneDecision(finished: Finished): Generator<string> {
  yield* resolvedOnce(finished)
  yield* answeredRightly(finished)
  yield* onRecord(finished)
}

function* resolvedOnce({ world }: Finished): Generator<string> {
  const standing = new Map<string, string>()
  for (const { transaction } of world.history.done) {
    for (const write of transaction.writes) {
      if (write.kind !== 'put' || !write.record.startsWith('card/')) continue
      const { status } = write.fields
      if (typeof status !== 'string') continue
      const before = standing.get(write.record)
      const isAllowed = before === undefined ? status === 'PENDING' : before === 'PENDING' && status !== 'PENDING'
      if (!isAllowed) yield `G5 ${write.record} went from ${before} to ${status}`
      standing.set(write.record, status)
    }
  }
}

function* answeredRightly({ world }: Finished): Generator<string> {
  const answers: DecisionAnswer[] = []
  for (const { by, request, reply } of world.history.answered) {
    if (request.type !== 'decide') continue
    const review = String(request.review)
    const { tenant, sub } = by.who
    const card = world.books.card(review)
    if (card === undefined || card.tenant !== tenant) {
      const isHidden = reply.code === 'NOT_FOUND' || reply.code === 'OVERLOADED'
      if (!isHidden) yield `G8 ${sub} of ${tenant} was told of ${review}: ${String(reply.code ?? reply.type)}`
      continue
    }
    const shown = reply.card as ReviewCard | undefined
    answers.push({
      review,
      by: sub,
      status: String(request.status),
      answer: reply.type === 'ack' ? 'decided' : String(reply.code),
      shown: shown && { status: shown.status, operator: shown.operatorId },
    })
  }
  yield* decisionsAgree(answers, (review) => {
    const { status, operator } = world.books.card(review) ?? {}
    return { status: String(status), operator: typeof operator === 'string' ? operator : undefined }
  })
}

function* onRecord({ world }: Finished): Generator<string> {
  const counts = new Map<string, number>()
  for (const bytes of world.books.auditEntries()) {
    const name = nameOf(auditOf(bytes))
    if (name === null) continue
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const expected = new Map<string, number>()
  for (const { id, status, operator } of world.books.cards()) {
    expected.set(`held ${String(id)}`, 1)
    if (status === 'APPROVED' || status === 'REJECTED')
      expected.set(`decided ${String(id)} ${status} ${String(operator)}`, 1)
    if (status === 'WITHDRAWN') expected.set(`withdrawn ${String(id)}`, 1)
  }
  for (const { id, status, replayOf } of world.books.tasks()) {
    if (status === 'CANCELLED') expected.set(`cancelled ${String(id)}`, 1)
    if (replayOf !== undefined) expected.set(`replayed ${String(replayOf)} ${String(id)}`, 1)
  }
  for (const [name, count] of counts) {
    // One for each lease that came too late, however often it came; not everyone does.
    const isRight = name.startsWith('staleResult') ? count === 1 : count === expected.get(name)
    if (!isRight) yield `G6 "${name}" is on record ${count} times, not ${expected.get(name) ?? 0}`
  }
  for (const name of expected.keys()) if (!counts.has(name)) yield `G6 "${name}" is not on record`
}

/** Null: of the fleet (`fleetStops.ts`). */
const nameOf = (entry: AuditEntry): string | null => {
  const { kind, task, review, by } = entry
  switch (kind) {
    case 'held':
    case 'withdrawn':
      return `${kind} ${review}`
    case 'decided':
      return `decided ${review} ${String(entry.status)} ${by}`
    case 'cancelled':
      return `cancelled ${task}`
    case 'replayed':
      return `replayed ${task} ${String(entry.replay)}`
    case 'staleResult':
      return `staleResult ${task} ${String(entry.turn)}`
    default:
      return null
  }
}
