/**
 * What a decision does to its task: an output goes on its way or ends there, a held error text is released or stays.
 */
import type { Fields, Guard, Write } from '../ledger/port.js'
import { bytesBetween, limits } from '../protocol/formats.js'
import { Raw } from '../protocol/raw.js'
import { taskKey } from '../tasks/keys.js'
import { enqueueWrites, moveWrites, unmoved, waitFields } from '../tasks/move.js'
import { type Approval, isLastStep, type Rejection, type Task, type TaskError, taskOf } from '../tasks/task.js'
import type { Card, Resolution } from './card.js'

export type Decided = Extract<Resolution, { operator: string }>

type Change = { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }

const nothing: Change = { guards: [], writes: [] }

/** Null where the task no longer waits for this card: somebody was quicker. */
export const releaseWrites = (card: Card, standing: Decided, fields: Fields | null): Change | null => {
  if (card.kind === 'text') return fields === null ? nothing : releaseText(card, standing, fields)
  if (fields === null) return null
  const task = taskOf(fields)
  if (task.status !== 'NEEDS_REVIEW' || task.review !== card.id) return null
  const guards: readonly Guard[] = [
    ...unmoved(task),
    { kind: 'equals', record: taskKey(task.id), field: 'review', value: card.id },
  ]
  const writes =
    standing.status === 'APPROVED' ? approveWrites(card, standing, task) : rejectWrites(card, standing, task)
  return { guards, writes }
}

/** After the last step the output is the producer's; before it, the next step's, with who approved it and when. */
const approveWrites = (
  card: Card,
  { operator, resolvedAt, reason, edit }: Extract<Decided, { status: 'APPROVED' }>,
  task: Task,
): readonly Write[] => {
  const approval: Approval = {
    reviewId: card.id,
    operatorId: operator,
    decidedAt: resolvedAt,
    edited: edit !== undefined,
    ...(reason === undefined ? {} : { reason }),
  }
  const output = edit?.value ?? card.output
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

const rejectWrites = (
  card: Card,
  { operator, resolvedAt, reason, reasonCode }: Extract<Decided, { status: 'REJECTED' }>,
  task: Task,
): readonly Write[] => {
  const rejection: Rejection = {
    reviewId: card.id,
    by: 'operator',
    operatorId: operator,
    decidedAt: resolvedAt,
    reason,
    ...(reasonCode === undefined ? {} : { reasonCode }),
  }
  const fields = { entry: null, rejection: JSON.stringify(rejection) }
  return moveWrites(task, { to: 'REJECTED', final: true, fields, told: { rejection } }, resolvedAt)
}

/** The task doesn't wait for it: its error is released if it is still this one. */
const releaseText = (card: Card, standing: Decided, fields: Fields): Change => {
  const held = taskOf(fields).error
  if (standing.status !== 'APPROVED' || held?.review !== card.id) return nothing
  const error = errorOf(standing.edit?.value ?? card.output)
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
