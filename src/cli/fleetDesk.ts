/** Words to a node about its fleet, and how things stand then, for a person or as JSON. */
import type { FleetRecord, FleetStanding } from '../protocol/records.js'
import { findNode, type NodeOptions, nodeOptions } from './access.js'
import { columns, timeOf } from './columns.js'
import { nodeCall } from './nodeCall.js'
import { json, text } from './option.js'
import { excerpt, note, printAs } from './terminal.js'

export const wordOptions = { reason: text('text', 'Goes on record.'), ...nodeOptions, json }

/** What a node answers to a word. */
type Answer = {
  /** False: it was so before. */
  readonly changed: boolean
  /** False: no agent of this name has been here yet. */
  readonly known?: boolean
  readonly cancelled?: number
  readonly fleet: FleetRecord
}

/** `path` below the tenant's; `told` is the line that a person gets. */
export async function sayToFleet(
  path: string,
  { reason, json, ...node }: NodeOptions & { readonly reason: string | undefined; readonly json: boolean },
  told: (answer: Answer) => string,
): Promise<void> {
  const access = await findNode(node, 'admin')
  const body = JSON.stringify(reason === undefined ? {} : { reason })
  const answer = await nodeCall(access, 'POST', `/v1/tenants/${access.tenant}${path}`, body)
  const said = answer as unknown as Answer
  printAs(json, said, () => `${told(said)}${said.changed ? '' : ' (as before)'}`)
  if (said.known === false) note('No agent of this name has been here yet: it holds for when one comes.')
}

export const queuePath = (queue: string): string => `/queues/${encodeURIComponent(queue)}`

export const agentPath = (agent: string): string => `/agents/${encodeURIComponent(agent)}`

export async function readFleet(node: NodeOptions): Promise<FleetRecord> {
  const access = await findNode(node, 'admin')
  return (await nodeCall(access, 'GET', `/v1/tenants/${access.tenant}/fleet`)) as unknown as FleetRecord
}

/** A line for the tenant, and one for each name. */
export function fleetLines(fleet: FleetRecord): readonly string[] {
  const { status, by, at, reason, cancelling, queues, paused, banned } = fleet
  const tenant = { ...(reason === undefined ? {} : { reason }), by: by ?? '', at: at ?? 0 }
  return columns([
    ['tenant', '', cancelling ? `${status}, cancelling` : status, ...(status === 'OPEN' ? [] : whose(tenant))],
    ...queues.map(({ queue, ...standing }) => ['queue', queue, 'PAUSED', ...whose(standing)]),
    ...paused.map(({ agent, ...standing }) => ['agent', agent, 'PAUSED', ...whose(standing)]),
    ...banned.map(({ agent, ...standing }) => ['agent', agent, 'BANNED', ...whose(standing)]),
  ])
}

const whose = ({ by, at, reason }: FleetStanding): readonly string[] => [
  `by ${by}`,
  timeOf(at),
  ...(reason === undefined ? [] : [excerpt(reason, 200)]),
]
