/** What operators ask about the fleet: its agents, and how many of what there are. */

import type { OperatorFrame } from '../protocol/frames.js'
import type { Desk } from '../tasks/desk.js'
import { listAgents, type Present } from '../tasks/fleet.js'
import { readFleet } from '../tasks/fleetCommand.js'
import { counterKey } from '../tasks/keys.js'
import { shardsOf } from '../tasks/outcomes.js'
import { added, countAgents, countElsewhere } from '../tasks/presence.js'
import { ask, type Procedure, readOne, ready } from '../tasks/procedure.js'
import { ack, type Reply, refuse } from '../tasks/reply.js'
import { finalStatuses } from '../tasks/task.js'
import { registryAddress } from './addresses.js'
import { livingHolders } from './living.js'
import type { AgentEntry, WhoIsHere } from './registryState.js'

const askMs = 10_000
const defaultPage = 50
/** Each with its metrics, of 16 KiB at the most. */
const largestPage = 256

function* presentAgents(tenant: string): Procedure<ReadonlyMap<string, AgentEntry>> {
  const { agents } = yield* ask<WhoIsHere>(registryAddress, { kind: 'whoIsHere', tenant }, askMs)
  return new Map(agents.filter(({ isConnected }) => isConnected).map((entry) => [entry.agent, entry]))
}

const shown = ({ connection, status, lastSeen, queues, holding, metrics }: AgentEntry): Present => ({
  connection,
  record: { status, lastSeen, queues, holding, ...(metrics === undefined ? {} : { metrics }) },
})

export function* agentsRequest(
  desk: Desk,
  tenant: string,
  { limit = defaultPage, cursor }: Extract<OperatorFrame, { type: 'agents' }>,
): Procedure<Reply> {
  const entries = yield* presentAgents(tenant)
  const present = new Map([...entries].map(([id, entry]) => [id, shown(entry)]))
  const page = { limit: Math.min(limit, largestPage), ...(cursor === undefined ? {} : { cursor }) }
  const living = yield* livingHolders(desk.isAlone, desk.holder)
  const control = yield* readFleet(desk, tenant)
  const agents = yield* listAgents(desk, tenant, { present, living, control }, page)
  return agents === null ? refuse('INVALID', 'cursor: expected the cursor of an answer before') : ack(agents)
}

type Counts = Readonly<Record<string, number>>

/** Connected agents of all nodes and all tasks by status. What runs is what is open and neither waits nor is looked at. */
export function* countFleet(
  desk: Desk,
  tenant: string,
): Procedure<{ readonly agents: Counts; readonly tasks: Counts }> {
  const here = countAgents([...(yield* presentAgents(tenant)).values()])
  const living = yield* livingHolders(desk.isAlone, desk.holder)
  const others = [...living].filter((holder) => holder !== desk.holder)
  const agents = added(here, yield* countElsewhere(desk, tenant, others))
  const tasks: Record<string, number> = { SCHEDULED: 0, QUEUED: 0, RUNNING: 0, NEEDS_REVIEW: 0, APPROVED: 0 }
  for (const status of finalStatuses) tasks[status] = 0
  let open = 0
  for (const shard of shardsOf(desk)) {
    const fields = yield* readOne(shard, counterKey(tenant))
    for (const [name, count] of Object.entries(fields ?? {})) {
      if (name === 'open') open += Number(count)
      else tasks[name] = (tasks[name] ?? 0) + Number(count)
    }
    for (const { waiting } of yield* ready(shard, `${tenant}/`)) tasks.QUEUED = (tasks.QUEUED ?? 0) + waiting
  }
  const { SCHEDULED = 0, QUEUED = 0, NEEDS_REVIEW = 0 } = tasks
  return { agents, tasks: { ...tasks, RUNNING: Math.max(0, open - SCHEDULED - QUEUED - NEEDS_REVIEW) } }
}
