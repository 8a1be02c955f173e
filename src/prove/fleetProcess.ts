/**
 * A process of agents: takes its order as a message, works on what comes, and reports each execution as it begins and
 * ends. It ends with the one who started it.
 *
 * A report is written before the work goes on, so a process that is killed has said what it had begun.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { Agent, type Answer, type Assignment, type TaskContext } from '../client/index.js'
import type { FleetOrder, FleetReport } from './fleetReport.js'
import type { Payload } from './history.js'
import { letters } from './letters.js'

const report = (what: FleetReport): void => {
  process.send?.(what)
}

let executions = 0

async function work({ name: fleet, life }: FleetOrder, task: Assignment, { signal }: TaskContext): Promise<Answer> {
  const { kind, workMs } = task.payload as Payload
  const marker = `made by ${fleet} ${letters(life)} ${letters(++executions)}`
  const previous = task.previous === undefined ? undefined : String(task.previous)
  const { id, step, attempt } = task
  report({ kind: 'began', execution: { marker, task: id, kind, step, attempt, fleet, previous } })
  if (kind === 'deadly') process.kill(process.pid, 'SIGKILL')
  await pause(workMs, undefined, { signal }).catch(() => {})
  report({ kind: 'ended', marker, end: signal.aborted ? codeOf(signal.reason) : 'answered' })
  return { output: marker, confidence: kind === 'plain' || kind === 'steps' ? 1 : 0.3 }
}

const codeOf = (reason: unknown): string =>
  typeof reason === 'object' && reason !== null && 'code' in reason ? String(reason.code) : String(reason)

function start(order: FleetOrder): void {
  const { name, life, url, token, agents, capacity, queues } = order
  const connected = new Set<number>()
  for (let n = 1; n <= agents; n++) {
    const agent = new Agent({
      url,
      token,
      queues,
      capacity,
      instance: `${name}.${life}.${n}`,
      handle: (task, context) => work(order, task, context),
    })
    agent.onState(({ kind }) => {
      if (kind === 'open') connected.add(n)
      else connected.delete(n)
      report({ kind: 'connected', agents: connected.size })
    })
  }
}

process.once('message', (order) => start(order as FleetOrder))
process.once('disconnect', () => process.exit(0))
report({ kind: 'ready' })
