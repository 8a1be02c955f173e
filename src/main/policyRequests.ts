/** What operators ask about the gate's policy, and what admins say of it. */
import type { Identity } from '../actors/effects.js'
import type { FrameOf } from '../protocol/frames.js'
import type { OperatorRequests } from '../review/reviewRequests.js'
import { noPolicyVersion } from '../safety/gate.js'
import { readPolicyText } from '../safety/policy/document.js'
import type { Desk } from '../tasks/desk.js'
import { changePolicy, readStoredPolicy, type StoredPolicy, spreadPolicy } from '../tasks/policyRecord.js'
import type { Procedure } from '../tasks/procedure.js'
import { ack, overloaded, type Reply, refuse } from '../tasks/reply.js'
import { backtest } from './backtest.js'
import { policyIn } from './policies.js'

type SetPolicy = Extract<FrameOf<'operator'>, { type: 'setPolicy' }>
type Backtest = Extract<FrameOf<'operator'>, { type: 'backtest' }>

export const policyRequests = (
  desk: Pick<Desk, 'shards'>,
): Pick<OperatorRequests, 'policy' | 'setPolicy' | 'backtest'> => ({
  policy: ({ tenant }) => showPolicy(desk, tenant),
  setPolicy: (by, frame) => setPolicy(desk, by, frame),
  backtest: (by, frame) => backtestPolicy(desk, by, frame),
})

const adminOnly = refuse('FORBIDDEN', "To change or try the gate's policy is for the role admin.")

function* showPolicy(desk: Pick<Desk, 'shards'>, tenant: string): Procedure<Reply> {
  const stored = yield* readStoredPolicy(desk, tenant)
  const { document, by, at } = stored
  const policy: unknown = document === null ? {} : JSON.parse(document)
  return ack({ version: versionIn(stored), policy, ...(by === undefined ? {} : { by, at }) })
}

/** As verdicts of this node name it. */
const versionIn = ({ document }: StoredPolicy): string => policyIn(document)?.version ?? noPolicyVersion

/** Each time somebody else's change came between: a crowd of them is told to come one after the other. */
const tries = 8
const crowdedRetryMs = 500

function* setPolicy(
  desk: Pick<Desk, 'shards'>,
  { tenant, sub, roles }: Identity,
  { policy: document, version: expected }: SetPolicy,
): Procedure<Reply> {
  if (!roles.includes('admin')) return adminOnly
  const reading = readPolicyText(document)
  if (reading.kind === 'refused') return refusal(reading)
  const { version } = reading.policy
  for (let round = 0; round < tries; round++) {
    const over = yield* readStoredPolicy(desk, tenant)
    const before = versionIn(over)
    if (before === version) {
      // Sent once more: what the first sending may have left half done is done before it is answered.
      if (over.edition > 0) yield* spreadPolicy(desk, tenant, over.edition)
      return ack({ version, changed: false })
    }
    if (expected !== undefined && expected !== before) return changedMeanwhile(before)
    const reply = yield* changePolicy(desk, { tenant, by: sub, over, document, versions: { before, version } })
    if (reply.kind === 'done') return ack({ version, changed: true, before })
    if (reply.kind === 'overloaded') return overloaded(reply.retryAfterMs)
  }
  return overloaded(crowdedRetryMs)
}

const changedMeanwhile = (version: string): Reply =>
  refuse('CHANGED', `version: another policy is in force, ${version}`, { fields: { version } })

const refusal = ({ path, reason }: { readonly path: string; readonly reason: string }): Reply =>
  refuse('INVALID', `policy${path}: ${reason}`, { fields: { path, reason } })

function* backtestPolicy(
  desk: Pick<Desk, 'shards'>,
  { tenant, roles }: Identity,
  { policy: document, limit }: Backtest,
): Procedure<Reply> {
  if (!roles.includes('admin')) return adminOnly
  const reading = readPolicyText(document)
  if (reading.kind === 'refused') return refusal(reading)
  return ack({ backtest: yield* backtest(desk, tenant, reading.policy, limit) })
}
