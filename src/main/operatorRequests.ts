/** Everything an operator can ask, from the rooms that know: cards and audit, tasks, the fleet, the policy. */
import { policyWatchAddress } from '../actors/addresses.js'
import { controlRequest, fleetRequest } from '../actors/fleetControlRequests.js'
import { agentsRequest, countFleet } from '../actors/fleetRequests.js'
import type { TaskRequests } from '../actors/requests.js'
import { clusterRequest } from '../cluster/clusterRequest.js'
import { auditRequests } from '../review/auditRequests.js'
import type { Judge } from '../review/decision.js'
import { leadRequests } from '../review/leads/leadRequests.js'
import type { RevealPolicy } from '../review/reveal.js'
import { type OperatorRequests, reviewRequests } from '../review/reviewRequests.js'
import type { Desk } from '../tasks/desk.js'
import { ask, type Procedure } from '../tasks/procedure.js'
import { type WebhookOffice, webhookRequests } from '../webhooks/webhookRequests.js'
import { policyRequests } from './policyRequests.js'

export const operatorRequests = (parts: {
  readonly desk: Desk
  readonly judge: Judge
  readonly claimMs: number
  readonly revealTerms: RevealPolicy['termsOf']
  readonly tasks: TaskRequests
  readonly whyRefused: WebhookOffice['whyRefused']
}): OperatorRequests => {
  const { desk, judge, claimMs, revealTerms, tasks, whyRefused } = parts
  const review = reviewRequests({
    shards: desk.shards,
    judge,
    claimMs,
    revealPolicy: { learn: learnPolicy, termsOf: revealTerms },
    countFleet: (tenant) => countFleet(desk, tenant),
  })
  return {
    ...review,
    decide: (by, frame, now) => decideKnowing(review, by, frame, now),
    agents: ({ tenant }, frame) => agentsRequest(desk, tenant, frame),
    fleet: ({ tenant }) => fleetRequest(desk, tenant),
    cluster: ({ roles }) => clusterRequest(desk, roles),
    control: (by, frame) => controlRequest(desk, by, frame),
    ...policyRequests(desk),
    ...webhookRequests({ desk, whyRefused }),
    ...leadRequests(desk.shards),
    ...auditRequests(desk),
    tasks,
    replay: tasks,
    getTask: tasks,
    cancelTask: tasks,
  }
}

const learnMs = 2_000

/** Afterwards this node knows the policy as it is in force now, if the ledger answers. */
function* learnPolicy(tenant: string): Procedure<void> {
  yield* ask(policyWatchAddress, { kind: 'learn', tenant, after: -1 }, learnMs)
}

/** What an operator wrote is judged for the record: by a policy that was read just now. */
function* decideKnowing(
  review: Pick<OperatorRequests, 'decide'>,
  ...[by, frame, now]: Parameters<OperatorRequests['decide']>
): ReturnType<OperatorRequests['decide']> {
  if (frame.edited !== undefined) yield* learnPolicy(by.tenant)
  return yield* review.decide(by, frame, now)
}
