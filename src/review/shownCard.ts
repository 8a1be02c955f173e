/**
 * A card as operators see it: secrets masked, and in lists and `card` frames `output`, `payload` and `edited` cut.
 *
 * A value of more than 4 KiB is shown there as a text: the beginning of its JSON. The payload isn't in the card: it
 * comes from the task's record, which may be gone.
 */
import type { Fields } from '../ledger/port.js'
import { Raw } from '../protocol/raw.js'
import type { ReviewCard } from '../protocol/records.js'
import { resultId } from '../tasks/keys.js'
import type { Card } from './card.js'
import { jsonPrefix } from './jsonPrefix.js'
import { type Masking, maskingOf, withMaskedPaths } from './secretMask.js'
import { approvalsOf, type Edit, type Standing } from './standing.js'

const shownBytes = 4_096

const nil = Raw.of(null)

type Shown = { readonly value: Raw; readonly isCut: boolean }

export const shownCard = (card: Card, task: Fields | null, { whole }: { readonly whole: boolean }): ReviewCard => {
  const { standing } = card
  const masking = maskingOf(() => new Raw(card.output).value(), card.findings)
  const show = (bytes: Uint8Array): Shown => cut(masked(bytes, masking), whole)
  const output = show(card.output)
  const payload = task?.payload instanceof Uint8Array ? show(task.payload) : { value: nil, isCut: false }
  const edit = standing.status === 'PENDING' || standing.status === 'APPROVED' ? standing.edit : undefined
  const edited = edit && show(maskedEdit(edit))
  return {
    reviewId: card.id,
    version: card.version,
    taskId: card.task,
    resultId: resultId(card.task, card.turn),
    tenant: card.tenant,
    queue: card.queue,
    step: card.step,
    attempt: card.attempt,
    kind: card.kind,
    reason: card.reason,
    severity: card.severity,
    details: card.details,
    findings: withMaskedPaths(card.findings, masking),
    confidence: card.confidence,
    payload: payload.value,
    output: output.value,
    ...(card.summary === undefined ? {} : { summary: card.summary }),
    outputHash: card.outputHash,
    policyVersion: card.policyVersion,
    ...(card.approvalsRequired === 1 ? {} : { approvalsRequired: card.approvalsRequired }),
    agentId: card.agent,
    createdAt: card.createdAt,
    ...(card.deadline === undefined ? {} : { deadline: card.deadline }),
    approvals: approvalsOf(standing).map(({ by, at }) => ({ operatorId: by, at })),
    ...(standing.note === undefined ? {} : { note: standing.note }),
    ...shownStanding(standing),
    ...(edit?.held === undefined ? {} : { editHeld: shownHeld(edit.value, edit.held) }),
    ...(edited === undefined ? {} : { edited: edited.value }),
    ...(output.isCut || payload.isCut || edited?.isCut === true ? { truncated: true } : {}),
  }
}

const shownStanding = (standing: Standing): Pick<ReviewCard, 'status'> & Partial<ReviewCard> => {
  const { status } = standing
  switch (standing.status) {
    case 'PENDING': {
      const { claim, assignment, remindedAt, escalatedAt } = standing
      return {
        status,
        ...(claim === undefined ? {} : { claimedBy: claim.by, claimedUntil: claim.until }),
        ...(assignment === undefined ? {} : { assignedTo: assignment.to }),
        ...(remindedAt === undefined ? {} : { remindedAt }),
        ...(escalatedAt === undefined ? {} : { escalatedAt }),
      }
    }
    case 'APPROVED':
    case 'REJECTED': {
      const { operator: operatorId, resolvedAt, reason } = standing
      return {
        status,
        operatorId,
        resolvedAt,
        ...(reason === undefined ? {} : { decisionReason: reason }),
        ...(standing.status === 'REJECTED' && standing.reasonCode !== undefined
          ? { reasonCode: standing.reasonCode }
          : {}),
      }
    }
    case 'EXPIRED':
    case 'WITHDRAWN':
      return { status, resolvedAt: standing.resolvedAt }
  }
}

/** Without the secrets that are the edit's own. */
const maskedEdit = ({ value, held }: Edit): Uint8Array => masked(value, held ? editMasking(value, held) : null)

const shownHeld = (value: Uint8Array, held: NonNullable<Edit['held']>) => ({
  ...held,
  findings: withMaskedPaths(held.findings, editMasking(value, held)),
})

const editMasking = (value: Uint8Array, { findings }: NonNullable<Edit['held']>): Masking | null =>
  maskingOf(() => new Raw(value).value(), findings)

const masked = (bytes: Uint8Array, masking: Masking | null): Uint8Array =>
  masking === null ? bytes : Raw.of(masking(new Raw(bytes).value())).bytes

const cut = (bytes: Uint8Array, whole: boolean): Shown =>
  whole || bytes.length <= shownBytes
    ? { value: new Raw(bytes), isCut: false }
    : { value: Raw.of(jsonPrefix(bytes, shownBytes)), isCut: true }

/** About how many bytes the card takes in a frame. */
export const sizeOf = ({ payload, output, edited, findings, editHeld, details, note = '' }: ReviewCard): number =>
  [payload, output, edited].reduce<number>(
    (bytes, value) => bytes + (value instanceof Raw ? value.bytes.length : 0),
    0,
  ) +
  [...findings, ...(editHeld?.findings ?? [])].reduce(
    (bytes, { excerpt, path, rule }) => bytes + 3 * (excerpt.length + path.length + rule.length) + 96,
    0,
  ) +
  3 * (details.length + (editHeld?.details.length ?? 0) + note.length) +
  1_024
