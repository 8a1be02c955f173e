/** Tasks of the tenant by status, the latest first. */
import { useState } from 'preact/hooks'
import { type TaskRecord, taskStatuses } from '../../../src/protocol/records.js'
import { Ago } from '../moment.js'
import { PlainText } from '../output/plainText.js'
import { station } from '../room.js'
import { Paged, usePages } from './paged.js'
import { Table } from './table.js'

const heads = ['Task', 'Status', 'Queue', 'Step', 'Attempt', 'Agent', 'Why', 'Age']

const pageSize = 100

export function TasksView() {
  const [status, setStatus] = useState('')
  const [queue, setQueue] = useState('')
  const ask = (cursor: string | undefined) =>
    station.ask({ type: 'tasks', limit: pageSize, cursor, ...(status ? { status } : {}), ...(queue ? { queue } : {}) })
  const { items, cursor, why, isReading, more } = usePages<TaskRecord>(ask, 'tasks', `${status} ${queue}`)
  return (
    <div class="view">
      <div class="controls">
        <label>
          Status
          <select value={status} onChange={({ currentTarget }) => setStatus(currentTarget.value)}>
            <option value="">Any</option>
            {taskStatuses.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          Queue
          <input value={queue} onChange={({ currentTarget }) => setQueue(currentTarget.value)} />
        </label>
      </div>
      <Paged
        why={why}
        isReading={isReading}
        isEmpty={items.length === 0}
        more={cursor === undefined ? undefined : more}
      >
        <Table label="Tasks" heads={heads}>
          {items.map((task) => (
            <tr key={task.id}>
              <th scope="row">
                <code>{task.id}</code>
              </th>
              <td>
                <span class={`status ${task.status.toLowerCase()}`}>{task.status}</span>
              </td>
              <td>{task.queue}</td>
              <td class="number">
                {task.step}/{task.steps.length}
              </td>
              <td class="number">{task.attempt}</td>
              <td>
                <PlainText text={task.agentId ?? ''} />
              </td>
              <td>
                <PlainText text={task.rejection?.reason ?? task.error?.code ?? ''} />
              </td>
              <td>
                <Ago at={task.createdAt} />
              </td>
            </tr>
          ))}
        </Table>
      </Paged>
    </div>
  )
}
