/** A review card as text: one line in a list, or all that a person needs to decide. */
import type { ReviewCard } from '../client/index.js'
import { roughly, timeOf, wrapped } from './columns.js'
import { excerpt, jsonLine } from './terminal.js'

export const cardRow = (card: ReviewCard, now: number): readonly string[] => [
  card.reviewId,
  card.status,
  card.severity,
  card.reason,
  `${card.queue}/${card.step}`,
  card.confidence.toFixed(2),
  `${roughly(now - card.createdAt)} ago`,
  gist(card),
]

/** What it is about, in a few words: what was found, or what was said. */
export const gist = ({ findings: [finding], output }: ReviewCard): string =>
  excerpt(finding === undefined || finding.reason === 'LOW_CONFIDENCE' ? jsonLine(output) : finding.excerpt, 60)

const valueMaxChars = 4_000
const indent = 12

/** All of a card; lines that are wider than `width` go on under themselves. */
export function cardLines(card: ReviewCard, width = Number.POSITIVE_INFINITY): readonly string[] {
  const { approvals, operatorId, resolvedAt, decisionReason, edited, editHeld } = card
  const when = resolvedAt === undefined ? '' : ` at ${timeOf(resolvedAt)}`
  const by = operatorId === undefined ? '' : ` by ${operatorId}`
  const lines = [
    ['card', `${card.reviewId}, version ${card.version}`],
    ['status', `${card.status}${when}${by}`],
    ...(decisionReason === undefined ? [] : [['because', decisionReason]]),
    ['held for', `${card.reason} (${card.severity}): ${card.details}`],
    ...card.findings.map(({ rule, path, inKey, view, excerpt: found }) => [
      'found',
      `${rule} at ${path === '' ? '/' : path}${inKey ? ' (in its name)' : ''}${view === undefined ? '' : ` (read as ${view})`}: ${excerpt(found, 100)}`,
    ]),
    ...(card.summary === undefined ? [] : [['asks in order to', excerpt(card.summary, 500)]]),
    ...valueLines(card.kind === 'action' ? 'action' : 'output', card.output),
    ...(edited === undefined ? [] : valueLines('edited', edited)),
    ...(editHeld === undefined ? [] : [['', `the gate would hold this edit: ${editHeld.details}`]]),
    ...holderLines(card),
    ['agent', `${card.agentId}, confidence ${card.confidence}`],
    [
      'task',
      `${card.taskId}, ${card.queue}, step ${card.step}, attempt ${card.attempt}, since ${timeOf(card.createdAt)}`,
    ],
    ...approvals.map(({ operatorId: operator, at }) => ['approved', `by ${operator} at ${timeOf(at)}`]),
    ...valueLines('payload', card.payload),
    ...(card.truncated === true ? [['', '(cut; "chimera review show" has the whole)']] : []),
  ]
  return lines.flatMap(([label = '', text = '']) => wrapped(label.padEnd(indent) + text, width, indent))
}

/** Who has it, until when, and what was said of it. */
function holderLines(card: ReviewCard): readonly (readonly string[])[] {
  const { status, claimedBy, claimedUntil, assignedTo, deadline, escalatedAt, note, approvals, approvalsRequired } =
    card
  const isWaiting = status === 'PENDING'
  return [
    ...(claimedBy === undefined || claimedUntil === undefined
      ? []
      : [['claimed', `by ${claimedBy} until ${timeOf(claimedUntil)}`]]),
    ...(assignedTo === undefined ? [] : [['handed to', assignedTo]]),
    ...(note === undefined ? [] : [['note', note]]),
    ...(isWaiting && approvalsRequired !== undefined
      ? [['approvals', `${approvals.length} of ${approvalsRequired} people`]]
      : []),
    ...(isWaiting && deadline !== undefined
      ? [['deadline', `${timeOf(deadline)}${escalatedAt === undefined ? '' : ', escalated'}`]]
      : []),
  ]
}

/** A map has a line for each of its keys. */
function valueLines(label: string, value: unknown): readonly (readonly string[])[] {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  const lines = isMap ? Object.entries(value).map(([key, field]) => `${key}: ${valueText(field)}`) : [valueText(value)]
  return lines.map((line, at) => [at === 0 ? label : '', line])
}

const valueText = (value: unknown): string =>
  excerpt(typeof value === 'string' ? value : jsonLine(value), valueMaxChars)
