/** JSON Schemas of what calls answer, for `openapi.json`. Answers may grow: none of them is closed. */
import { errorCodes } from '../../protocol/codes.js'
import { cardReasons, cardSeverities, cardStatuses, taskStatuses } from '../../protocol/records.js'

export type Schema = Readonly<Record<string, unknown>>

export const ref = (name: keyof typeof schemas): Schema => ({ $ref: `#/components/schemas/${name}` })

export const text = (description: string): Schema => ({ type: 'string', description })

export const listOf = (items: Schema): Schema => ({ type: 'array', items })

const time: Schema = { type: 'integer', description: 'ms since the epoch' }
const count: Schema = { type: 'integer', minimum: 0 }
const name: Schema = { type: 'string' }
const anything: Schema = { description: 'any value; binary is {"$bin": base64}, an integer beyond 2^53 {"$int": "…"}' }

export const object = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
})

const approval = object(
  { reviewId: name, operatorId: name, decidedAt: time, edited: { type: 'boolean' } },
  { reason: name },
)

const rejection = object(
  { reviewId: name, by: { enum: ['operator', 'timeout'] }, decidedAt: time, reason: name },
  { operatorId: name, reasonCode: name },
)

const taskError = object({ code: name, message: name }, { review: name })

const finding = object(
  { reason: { enum: cardReasons }, rule: name, path: text('JSON pointer'), excerpt: name },
  { start: count, end: count, inKey: { type: 'boolean' }, view: text('how it was read') },
)

const standing = { by: name, at: time }

export const schemas = {
  Submitted: object({}, { id: name, existing: { type: 'boolean' }, error: object({ code: name, message: name }) }),
  Task: object(
    {
      id: name,
      queue: name,
      step: count,
      steps: listOf(name),
      status: { enum: taskStatuses },
      final: { type: 'boolean' },
      attempt: count,
      priority: { enum: ['high', 'normal', 'low'] },
      createdAt: time,
      updatedAt: time,
    },
    { agentId: name, output: anything, approval, rejection, error: taskError, replayOf: name },
  ),
  ReviewCard: object(
    {
      reviewId: name,
      version: count,
      taskId: name,
      resultId: name,
      tenant: name,
      queue: name,
      step: count,
      attempt: count,
      kind: { enum: ['result', 'action', 'text'] },
      reason: { enum: cardReasons },
      severity: { enum: cardSeverities },
      details: name,
      findings: listOf(finding),
      confidence: { type: 'number' },
      payload: anything,
      output: anything,
      outputHash: name,
      policyVersion: name,
      agentId: name,
      status: { enum: cardStatuses },
      approvals: listOf(object({ operatorId: name, at: time })),
      createdAt: time,
    },
    {
      summary: name,
      approvalsRequired: count,
      claimedBy: name,
      claimedUntil: time,
      assignedTo: name,
      deadline: time,
      operatorId: name,
      resolvedAt: time,
      edited: anything,
      editHeld: object({
        reason: { enum: cardReasons },
        severity: { enum: cardSeverities },
        details: name,
        findings: listOf(finding),
      }),
      remindedAt: time,
      escalatedAt: time,
      decisionReason: name,
      reasonCode: name,
      note: name,
      truncated: { type: 'boolean' },
    },
  ),
  Agent: object(
    {
      id: name,
      status: { enum: ['ACTIVE', 'IDLE', 'BUSY', 'OFFLINE'] },
      node: name,
      lastSeen: time,
      queues: listOf(name),
      holding: count,
    },
    { paused: { type: 'boolean' }, banned: { type: 'boolean' }, metrics: anything },
  ),
  Cluster: object({
    nodes: listOf(
      object(
        { node: name, status: { enum: ['UP', 'SILENT', 'DRAINING', 'LEFT'] } },
        { url: name, version: name, startedAt: time, silentMs: count },
      ),
    ),
    shards: listOf(object({ shard: count, held: count, lateMs: count }, { node: name, epoch: count })),
  }),
  Policy: object({ version: name, policy: { type: 'object' } }, { by: name, at: time }),
  Webhook: object(
    {
      name,
      version: count,
      url: name,
      cards: { type: 'boolean' },
      outcomes: listOf(object({ sub: name, subscriber: name })),
      since: time,
      by: name,
      at: time,
      status: { enum: ['OK', 'FAILING'] },
      delivered: count,
      dead: count,
    },
    {
      lastAt: time,
      failingSince: time,
      lastError: name,
      trying: object({ event: name, tries: count, nextAt: time }),
    },
  ),
  DeadDelivery: object({ event: name, type: name, at: time, diedAt: time, tries: count, lastError: name }),
  ReviewNumbers: object({
    window: { type: 'object', description: 'which cards it is about, and whether there were more' },
    waiting: { type: 'object', description: 'cards that wait, by severity, reason and age' },
    byStatus: { type: 'object', description: 'how cards ended' },
    firstLookMs: { type: 'object', description: 'percentiles by severity' },
    decisionMs: { type: 'object', description: 'percentiles by severity' },
    operators: listOf({ type: 'object' }),
    quick: { type: ['object', 'null'], description: 'decisions that came before the text could be read' },
    agreement: { type: ['object', 'null'], description: 'of cards that several people decided on' },
  }),
  Calibration: object({
    window: { type: 'object', description: 'which cards it is about, and whether there were more' },
    cards: count,
    bands: listOf({ type: 'object', description: 'by confidence, with Wilson intervals of 95 %' }),
    queues: listOf({ type: 'object' }),
    agents: listOf({ type: 'object' }),
    thresholds: listOf({ type: 'object', description: 'what a lower threshold would have let pass' }),
  }),
  Backtest: object({
    version: name,
    counts: { type: 'object', description: 'by what became of it, how much the policy would pass and hold' },
    byRule: { type: 'object', description: 'of what it would hold, how often for each rule' },
    changes: listOf(
      object(
        { task: name, queue: name, was: name, would: { enum: ['pass', 'hold'] } },
        { review: name, reason: { enum: cardReasons }, rules: listOf(name), details: name },
      ),
    ),
    isBounded: { type: 'boolean', description: 'there is more than was judged' },
  }),
  Fleet: object(
    {
      version: count,
      status: { enum: ['OPEN', 'PAUSED', 'HALTED'] },
      queues: listOf(object({ queue: name, ...standing }, { reason: name })),
      paused: listOf(object({ agent: name, ...standing }, { reason: name })),
      banned: listOf(object({ agent: name, ...standing }, { reason: name })),
    },
    { ...standing, reason: name, cancelling: { type: 'boolean', description: 'something may still run' } },
  ),
  Problem: object(
    { type: name, title: name, status: count, detail: name, code: { enum: Object.keys(errorCodes) } },
    { retryAfterMs: count, card: { $ref: '#/components/schemas/ReviewCard' } },
  ),
} satisfies Record<string, Schema>
