/**
 * Where things stand in the ledger: the names of records, lanes, sets and logs.
 *
 * Tenants, queues and ids have no `/`, so a name can be cut at it again. A `sub` has none either (protocol section 2).
 */

export const priorities = ['high', 'normal', 'low'] as const

export type Priority = (typeof priorities)[number]

export const taskKey = (id: string): string => `task/${id}`

export const cardKey = (id: string): string => `card/${id}`

export const agentKey = (tenant: string, agent: string): string => `agent/${tenant}/${agent}`

/** Agents of a tenant in this shard, scored by when they were last seen. */
export const agentSet = (tenant: string): string => `agents/${tenant}`

export const counterKey = (tenant: string): string => `count/${tenant}`

export const subscriberKey = (log: string): string => `subscriber/${log}`

export const lane = (tenant: string, queue: string, priority: Priority): string => `${tenant}/${queue}/${priority}`

/** The parts of a lane's name, or null where it is none. */
export const partsOfLane = (name: string): { tenant: string; queue: string; priority: Priority } | null => {
  const [tenant, queue, last, more] = name.split('/')
  const priority = priorities.find((one) => one === last)
  if (tenant === undefined || queue === undefined || priority === undefined || more !== undefined) return null
  return { tenant, queue, priority }
}

/** Tenants that have something in this shard. */
export const tenantSet = 'tenants'

/** Task ids by the time at which their shard's owner has to look at them: a delay over, a time to live over. */
export const dueSet = 'due'

/** Subscribers' logs that may have something waiting. */
export const dirtySet = 'dirty'

/** Subscribers' logs that were found empty, and are looked at once more before they are forgotten. */
export const emptiedSet = 'emptied'

/** Tasks of a tenant that aren't final (by creation), or that ended so (by their end). */
export const taskSet = (tenant: string, group: string): string => `tasks/${tenant}/${group}`

/** Cards of a tenant by creation. */
export const cardSet = (tenant: string, status: string): string => `cards/${tenant}/${status}`

export const outcomeLog = (tenant: string, sub: string, subscriber: string): string =>
  `out/${tenant}/${sub}/${subscriber}`

export const auditLog = (tenant: string): string => `audit/${tenant}`

/** What operators have said about a tenant's fleet; it stands in the tenant's shard. */
export const fleetKey = (tenant: string): string => `fleet/${tenant}`

/** Hints: `lane/…`, `out/…`, `fleet/<tenant>` and `card/<tenant>/<id>`. */
export const laneHint = (name: string): string => `lane/${name}`

export const fleetHint = (tenant: string): string => `fleet/${tenant}`

export const cardHint = (tenant: string, id: string): string => `card/${tenant}/${id}`

/** A card's and a result's id tell the task's, and with it the shard. */
export const resultId = (task: string, turn: number): string => `${task}_${turn}`

export const reviewId = (task: string, turn: number, kind: 'result' | 'text'): string =>
  `${kind === 'result' ? 'r' : 't'}_${task}_${turn}`

export const taskOfReview = (review: string): string => review.slice(2, Math.max(2, review.lastIndexOf('_')))

/** An agent has a new connection, on this node: `agent/<node>/<connection>/<tenant>/<agent>`. */
export const agentHint = (about: { node: string; connection: number; tenant: string; agent: string }): string =>
  `agent/${about.node}/${about.connection}/${about.tenant}/${about.agent}`

export const partsOfAgentHint = (
  hint: string,
): { node: string; connection: number; tenant: string; agent: string } | null => {
  const [kind, node, connection, tenant, ...agent] = hint.split('/')
  if (kind !== 'agent' || node === undefined || tenant === undefined || agent.length === 0) return null
  return { node, connection: Number(connection), tenant, agent: agent.join('/') }
}

/** A task is no longer an agent's: `stop/<task>/<turn>/<tenant>/<agent>`, then a line break and the reason, if any. */
export const stopHint = (about: { task: string; turn: number; tenant: string; agent: string }): string =>
  `stop/${about.task}/${about.turn}/${about.tenant}/${about.agent}`

export const partsOfStop = (
  hint: string,
): { task: string; turn: number; tenant: string; agent: string; reason: string } | null => {
  const [head = '', reason = 'cancelled'] = hint.split(/\n([\s\S]*)/)
  const [kind, task, turn, tenant, ...agent] = head.split('/')
  if (kind !== 'stop' || task === undefined || tenant === undefined || agent.length === 0) return null
  return { task, turn: Number(turn), tenant, agent: agent.join('/'), reason }
}
