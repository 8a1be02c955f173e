/**
 * G5 and G6: a card is decided once, by as many people as it takes and whose it was, and each hold, decision, withdrawal,
 * cancel and replay stands in the audit once.
 */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { type DecisionAnswer, decisionsAgree } from '../../../src/prove/checks/decisionsAgree.js'
import type { AuditEntry } from '../../../src/tasks/entries.js'
import type { Finished } from '../checker.js'

export function* oneDecision(finished: Finished): Generator<string> {
  yield* resolvedOnce(finished)
  yield* answeredRightly(finished)
  yield* decidedRightly(finished)
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
    const shown = reply.card as ReviewCard | undefined
    if (card === undefined || card.tenant !== tenant) {
      const isHidden = reply.code === 'NOT_FOUND' || reply.code === 'OVERLOADED'
      if (!isHidden) yield `G8 ${sub} of ${tenant} was told of ${review}: ${String(reply.code ?? reply.type)}`
      continue
    }
    // One of several, or the last of them sent it once more: it stands for itself.
    const isApproval = reply.type === 'ack' && request.status === 'APPROVED' && shown?.operatorId !== sub
    if (isApproval && shown?.approvals.some(({ operatorId }) => operatorId === sub)) continue
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

/** By enough people, by nobody while it was another's, and by time only once it was up. */
function* decidedRightly({ world }: Finished): Generator<string> {
  for (const fields of world.books.cards()) {
    const { id, status, operator, resolvedAt, claimedBy, claimedUntil, deadline, approvalsRequired = 1 } = fields
    const review = String(id)
    if (status === 'EXPIRED' && Number(resolvedAt) < Number(deadline)) yield `G5 ${review} expired before its time`
    if (status !== 'APPROVED' && status !== 'REJECTED') continue
    if (claimedBy !== undefined && claimedBy !== operator && Number(claimedUntil) > Number(resolvedAt))
      yield `G5 ${String(operator)} decided ${review}, which ${String(claimedBy)} had claimed`
    if (status === 'REJECTED') continue
    const approvals = JSON.parse(String(fields.approvals ?? '[]')) as readonly { readonly by: string }[]
    const people = new Set(approvals.map(({ by }) => by))
    if (people.size < Number(approvalsRequired))
      yield `G5 ${review} was approved by ${people.size} of ${String(approvalsRequired)} people`
  }
}

function* onRecord({ world }: Finished): Generator<string> {
  const counts = new Map<string, number>()
  for (const { entry } of world.books.auditEntries()) {
    const name = nameOf(entry)
    if (name === null) continue
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const expected = new Map<string, number>()
  for (const { id, status, operator } of world.books.cards()) {
    expected.set(`held ${String(id)}`, 1)
    if (status === 'APPROVED' || status === 'REJECTED')
      expected.set(`decided ${String(id)} ${status} ${String(operator)}`, 1)
    if (status === 'EXPIRED') expected.set(`decided ${String(id)} EXPIRED node`, 1)
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
