/** Everything an operator can ask, from the rooms that know: cards and audit, tasks, the fleet. */
import { controlRequest, fleetRequest } from '../actors/fleetControlRequests.js'
import { agentsRequest, countFleet } from '../actors/fleetRequests.js'
import type { TaskRequests } from '../actors/requests.js'
import { clusterRequest } from '../cluster/clusterRequest.js'
import type { Judge } from '../review/decision.js'
import { type OperatorRequests, reviewRequests } from '../review/reviewRequests.js'
import type { Desk } from '../tasks/desk.js'

export const operatorRequests = (parts: {
  readonly desk: Desk
  readonly judge: Judge
  readonly tasks: TaskRequests
}): OperatorRequests => {
  const { desk, judge, tasks } = parts
  return {
    ...reviewRequests({ shards: desk.shards, judge, countFleet: (tenant) => countFleet(desk, tenant) }),
    agents: ({ tenant }, frame) => agentsRequest(desk, tenant, frame),
    fleet: ({ tenant }) => fleetRequest(desk, tenant),
    cluster: ({ roles }) => clusterRequest(desk, roles),
    control: (by, frame) => controlRequest(desk, by, frame),
    tasks,
    replay: tasks,
    getTask: tasks,
    cancelTask: tasks,
  }
}
