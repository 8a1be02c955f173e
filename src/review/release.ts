/**
 * What a decision does to its task: an output goes on its way or ends there, a held error text is released or stays.
 *
 * What goes out is held against the hash that the decision is bound to, whatever way it took here.
 */
import type { Fields, Guard, Write } from '../ledger/port.js'
import { bytesBetween, limits } from '../protocol/formats.js'
import { Raw } from '../protocol/raw.js'
import { taskKey } from '../tasks/keys.js'
import { enqueueWrites, moveWrites, unmoved, waitFields } from '../tasks/move.js'
import { NotPassed } from '../tasks/passed.js'
import { closeProposal } from '../tasks/proposals.js'
import { type Approval, isLastStep, type Rejection, type Task, type TaskError, taskOf } from '../tasks/task.js'
import type { Card, Resolution } from './card.js'

export type Decided = Extract<Resolution, { status: 'APPROVED' | 'REJECTED' | 'EXPIRED' }>

/** Nobody approved it. */
export type Refused = Exclude<Decided, { status: 'APPROVED' }>

type Change = { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }

const nothing: Change = { guards: [], writes: [] }

/** Null where the task no longer waits for this card: somebody was quicker. */
export const releaseWrites = (
  card: Card,
  standing: Decided,
  fields: Fields | null,
  hashOf: (value: unknown) => string,
): Change | null => {
  if (standing.status !== 'APPROVED') return refusalWrites(card, standing, fields)
  if (card.kind === 'action') {
    approved(card, standing, hashOf)
    return answerWrites(card, standing, fields)
  }
  if (card.kind === 'text') return fields === null ? nothing : releaseText(card, standing, fields, hashOf)
  const task = waitingTask(card, fields)
  return task && { guards: waits(task, card), writes: approveWrites(card, standing, task, hashOf) }
}

/** As above, where it was rejected or its time was up. What was said stays where it is. */
export const refusalWrites = (card: Card, standing: Refused, fields: Fields | null): Change | null => {
  if (card.kind === 'text') return nothing
  if (card.kind === 'action') return answerWrites(card, standing, fields)
  const task = waitingTask(card, fields)
  return task && { guards: waits(task, card), writes: rejectWrites(card, standing, task) }
}

/** The agent asked before it acted: its task runs on, whatever was decided. Null where its attempt is over. */
const answerWrites = ({ id }: Card, { resolvedAt }: Decided, fields: Fields | null): Change | null =>
  fields && closeProposal(taskOf(fields), id, resolvedAt)

const waitingTask = ({ id }: Card, fields: Fields | null): Task | null => {
  const task = fields && taskOf(fields)
  return task?.status === 'NEEDS_REVIEW' && task.review === id ? task : null
}

const waits = (task: Task, { id }: Card): readonly Guard[] => [
  ...unmoved(task),
  { kind: 'equals', record: taskKey(task.id), field: 'review', value: id },
]

/** What the operator approved: the edit, or else what was held. Throws `NotPassed` where its hash is another one. */
const approved = (
  { output, outputHash }: Card,
  { edit }: Extract<Decided, { status: 'APPROVED' }>,
  hashOf: (value: unknown) => string,
): Uint8Array => {
  const { value, hash } = edit ?? { value: output, hash: outputHash }
  if (hashOf(new Raw(value).value()) !== hash) throw new NotPassed('a release of something else than was approved')
  return value
}

/** After the last step the output is the producer's; before it, the next step's, with who approved it and when. */
const approveWrites = (
  card: Card,
  standing: Extract<Decided, { status: 'APPROVED' }>,
  task: Task,
  hashOf: (value: unknown) => string,
): readonly Write[] => {
  const { operator, resolvedAt, reason, edit } = standing
  const approval: Approval = {
    reviewId: card.id,
    operatorId: operator,
    decidedAt: resolvedAt,
    edited: edit !== undefined,
    ...(reason === undefined ? {} : { reason }),
  }
  const output = approved(card, standing, hashOf)
  const kept = { approval: JSON.stringify(approval) }
  const told = { approval }
  if (isLastStep(task)) {
    const fields = { ...kept, output, entry: null }
    return moveWrites(task, { to: 'APPROVED', final: true, fields, told }, resolvedAt)
  }
  const fields = { ...waitFields(task, resolvedAt), ...kept, step: task.step + 1, attempts: 0, previous: output }
  return [
    ...moveWrites(task, { to: 'APPROVED', final: false, fields, told }, resolvedAt),
    ...enqueueWrites(task, task.steps[task.step] ?? '', fields.expiresAt ?? undefined),
  ]
}

const rejectWrites = (card: Card, standing: Refused, task: Task): readonly Write[] => {
  const rejection = rejectionOf(card, standing)
  const fields = { entry: null, rejection: JSON.stringify(rejection) }
  return moveWrites(task, { to: 'REJECTED', final: true, fields, told: { rejection } }, standing.resolvedAt)
}

const rejectionOf = ({ id: reviewId }: Card, standing: Refused): Rejection => {
  const { resolvedAt: decidedAt } = standing
  if (standing.status === 'EXPIRED') {
    return { reviewId, by: 'timeout', decidedAt, reason: 'Nobody decided in time.' }
  }
  const { operator: operatorId, reason, reasonCode } = standing
  const code = reasonCode === undefined ? {} : { reasonCode }
  return { reviewId, by: 'operator', operatorId, decidedAt, reason, ...code }
}

/** The task doesn't wait for it: its error is released if it is still this one. */
const releaseText = (
  card: Card,
  standing: Extract<Decided, { status: 'APPROVED' }>,
  fields: Fields,
  hashOf: (value: unknown) => string,
): Change => {
  const held = taskOf(fields).error
  if (held?.review !== card.id) return nothing
  const error = errorOf(approved(card, standing, hashOf))
  if (error === null) return nothing
  const record = taskKey(card.task)
  return {
    guards: [{ kind: 'equals', record, field: 'error', value: fields.error ?? null }],
    writes: [{ kind: 'put', record, fields: { error: JSON.stringify(error), updatedAt: standing.resolvedAt } }],
  }
}

const message = bytesBetween(0, limits.errorMessageBytes)

/** An error as an agent said it: a text, or a map of code and message. */
export const errorOf = (bytes: Uint8Array): TaskError | null => {
  const said = new Raw(bytes).value()
  if (typeof said === 'string') return message.accepts(said) ? { code: 'FAILED', message: said } : null
  if (typeof said !== 'object' || said === null) return null
  const { code, message: words } = said as { readonly code?: unknown; readonly message?: unknown }
  if (typeof code !== 'string' || typeof words !== 'string' || !message.accepts(words)) return null
  return { code, message: words }
}
