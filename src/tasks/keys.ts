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

/** How many of a tenant's agents are connected to a node; it stands in the tenant's shard. */
export const presenceKey = (tenant: string, holder: string): string => `presence/${tenant}/${holder}`

/** Agents of a tenant in this shard. */
export const agentSet = (tenant: string): string => `agents/${tenant}`

export const counterKey = (tenant: string): string => `count/${tenant}`

/** In each shard what a subscriber has to be told of there; in the one of its log's name its connection, too. */
export const subscriberKey = (log: string): string => `subscriber/${log}`

/** The log of a subscriber's record; null: it is another kind of record. */
export const outcomeLogOf = (record: string): string | null =>
  record.startsWith('subscriber/') ? record.slice('subscriber/'.length) : null

/** Keys of records that are forgotten once nobody has touched them for long, by when that was. */
export const agingSet = 'aging'

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

/** Waiting cards by the time at which their shard's owner has to look at them; those of tasks that ended, at once. */
export const cardDueSet = 'cardsDue'

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

/** Where entries wait until they are sealed. */
export const auditLog = (tenant: string): string => `audit/${tenant}`

/** A tenant's chain of sealed entries in a shard, and the record of where it stands. */
export const sealedLog = (tenant: string): string => `record/${tenant}`

export const chainKey = (tenant: string): string => `chain/${tenant}`

/** What was written freely in an entry, or that it was erased. */
export const textsKey = (tenant: string, seq: number): string => `texts/${tenant}/${seq}`

/** Tenants with entries that wait to be sealed; those whose last ones were sealed just now; those with a chain. */
export const unsealedSet = 'unsealed'
export const justSealedSet = 'justSealed'
export const chainSet = 'chains'

/** What operators have said about a tenant's fleet; it stands in the tenant's shard. */
export const fleetKey = (tenant: string): string => `fleet/${tenant}`

/** Which edition of a tenant's policy is in force; it stands in each shard, so that what is released there can tell. */
export const policyKey = (tenant: string): string => `policy/${tenant}`

/** What the policy says; it stands in the tenant's shard. */
export const policyTextKey = (tenant: string): string => `policyText/${tenant}`

/** Tenants of this shard whose policy may not have reached all shards, by edition. */
export const spreadingSet = 'spreading'

/** There is more in the tenant's chain of this shard. */
export const sealedHint = (tenant: string): string => `sealed/${tenant}`

export const policyHint = (tenant: string): string => `policy/${tenant}`

/** Hints: `lane/…`, `out/…`, `fleet/<tenant>`, `policy/<tenant>` and `card/<tenant>/<id>`. */
export const laneHint = (name: string): string => `lane/${name}`

/** The parts of the lane that a hint is about, or null where it is about something else. */
export const partsOfLaneHint = (hint: string): ReturnType<typeof partsOfLane> =>
  hint.startsWith('lane/') ? partsOfLane(hint.slice(5)) : null

export const fleetHint = (tenant: string): string => `fleet/${tenant}`

export const cardHint = (tenant: string, id: string): string => `card/${tenant}/${id}`

/** A card's and a result's id tell the task's, and with it the shard. */
export const resultId = (task: string, turn: number): string => `${task}_${turn}`

/** `n`: the turn; of an action the how many-eth of the task it is, as one turn may have several. */
export const reviewId = (task: string, n: number, kind: 'result' | 'text' | 'action'): string =>
  `${kind[0]}_${task}_${n}`

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

/** A subscriber has a new connection: `subscriber/<connection>/<log>`. */
export const subscriberHint = (connection: number, log: string): string => `subscriber/${connection}/${log}`

export const partsOfSubscriberHint = (hint: string): { connection: number; log: string } | null => {
  const [kind, connection, ...log] = hint.split('/')
  return kind === 'subscriber' && log.length > 0 ? { connection: Number(connection), log: log.join('/') } : null
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

/** A person has answered what an agent asked before it acted: `answer/<task>/<turn>/<tenant>/<agent>`. */
export const answerHint = (about: { task: string; turn: number; tenant: string; agent: string }): string =>
  `answer/${about.task}/${about.turn}/${about.tenant}/${about.agent}`

export const partsOfAnswer = (hint: string): { task: string; turn: number; tenant: string; agent: string } | null => {
  const [kind, task, turn, tenant, ...agent] = hint.split('/')
  if (kind !== 'answer' || task === undefined || tenant === undefined || agent.length === 0) return null
  return { task, turn: Number(turn), tenant, agent: agent.join('/') }
}
