/** How the fleet does: who is here, where work piles up, how quickly it goes. */
import type { AgentRecord } from '../../../src/protocol/records.js'
import { Ago } from '../moment.js'
import { PlainText } from '../output/plainText.js'
import { useAnswer } from './asking.js'
import { ageWords, Bars } from './bars.js'
import { Chart } from './chart.js'
import { mostAgents, readAgents, readings, stats } from './fleetReadings.js'
import { Table } from './table.js'

const heads = ['Agent', 'State', 'Queues', 'Holds', 'Node', 'Seen']

const shownAgents = 200
const everyMs = 3_000

export function FleetView() {
  const { answer: agents = [], why } = useAnswer(readAgents, [], everyMs)
  const all = readings.value
  const counts = stats.value
  return (
    <div class="view fleet">
      {why !== undefined && <p class="complaint">{why}</p>}
      <div class="charts">
        <Chart
          title="Tasks ended"
          unit="a second"
          points={all.map(({ at, perSecond }) => ({ at, value: perSecond }))}
          format={(n) => n.toFixed(1)}
        />
        <Chart
          title="Time to completion, median of the last 50"
          unit="s"
          points={all.map(({ at, latencyMs }) => ({ at, value: latencyMs / 1_000 }))}
          format={(n) => n.toFixed(2)}
        />
        <Chart
          title="Cards waiting"
          unit=""
          points={all.map(({ at, waiting }) => ({ at, value: waiting }))}
          format={(n) => n.toFixed(0)}
        />
      </div>
      {counts !== undefined && (
        <div class="columns">
          <Bars title="Agents" counts={counts.agents} />
          <Bars title="Tasks" counts={counts.tasks} />
          <Bars title="Cards by reason" counts={counts.cards.byReason} />
          <Bars title="Cards by age" counts={counts.cards.byAge} words={ageWords} />
        </div>
      )}
      <Heat agents={agents} />
      <Agents agents={agents} />
    </div>
  )
}

const tasksOf = (count: number): string => (count === 1 ? '1 task' : `${count} tasks`)

/** By queue: who serves it, and how busy they are. */
function Heat({ agents }: { readonly agents: readonly AgentRecord[] }) {
  const queues = new Map<string, { agents: number; holding: number; busy: number }>()
  for (const { status, queues: served, holding } of agents) {
    if (status === 'OFFLINE') continue
    for (const queue of served) {
      const heat = queues.get(queue) ?? { agents: 0, holding: 0, busy: 0 }
      heat.agents++
      heat.holding += holding / served.length
      if (holding > 0) heat.busy++
      queues.set(queue, heat)
    }
  }
  if (queues.size === 0) return null
  return (
    <section aria-labelledby="heat-title">
      <h2 id="heat-title">Queues</h2>
      <ul class="heat">
        {[...queues]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([queue, { agents: n, holding, busy }]) => (
            <li key={queue} class={`warmth-${Math.ceil((busy / n) * 4)}`}>
              <strong>{queue}</strong>
              <span>
                {busy} of {n} at work, {tasksOf(Math.round(holding))} in hand
              </span>
            </li>
          ))}
      </ul>
    </section>
  )
}

function Agents({ agents }: { readonly agents: readonly AgentRecord[] }) {
  return (
    <section aria-labelledby="agents-title">
      <h2 id="agents-title">
        Agents <span class="total">{agents.length >= mostAgents ? `${mostAgents} or more` : agents.length}</span>
      </h2>
      <Table label="Agents of the tenant" heads={heads}>
        {agents.slice(0, shownAgents).map(({ id, status, queues, holding, node, lastSeen, paused, banned }) => (
          <tr key={id}>
            <th scope="row">
              <PlainText text={id} />
            </th>
            <td>
              <span class={`state ${status.toLowerCase()}`}>
                {banned ? 'banned' : paused ? 'paused' : status.toLowerCase()}
              </span>
            </td>
            <td>{queues.join(', ')}</td>
            <td class="number">{holding}</td>
            <td>{node}</td>
            <td>
              <Ago at={lastSeen} />
            </td>
          </tr>
        ))}
      </Table>
    </section>
  )
}
