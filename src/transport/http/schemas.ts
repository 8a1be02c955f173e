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

const object = (
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
  { start: count, end: count, inKey: { type: 'boolean' } },
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
      claimedBy: name,
      claimedUntil: time,
      assignedTo: name,
      deadline: time,
      operatorId: name,
      resolvedAt: time,
      edited: anything,
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
    { metrics: anything },
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
