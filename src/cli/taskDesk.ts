/** Tasks, for whoever asks: an operator sees all of the tenant's, a producer those that its `sub` submitted. */
import type { TaskRecord, TaskStatus } from '../client/index.js'
import type { Access } from './access.js'
import { timeOf } from './columns.js'
import { withOperator, withProducer } from './connected.js'
import type { Part } from './paging.js'
import { excerpt, jsonLine } from './terminal.js'

export type TaskDesk = {
  task(id: string): Promise<TaskRecord>
  tasks(filter: {
    readonly status?: TaskStatus
    readonly queue?: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<Part<TaskRecord>>
  cancel(id: string, reason: string | undefined): Promise<TaskStatus>
  /** The new task's id. */
  replay(id: string): Promise<string>
}

export function withTaskDesk<T>(access: Access, work: (desk: TaskDesk) => Promise<T>): Promise<T> {
  if (!access.isOperator)
    return withProducer(access, (producer) =>
      work({
        task: (id) => producer.get(id),
        tasks: async (filter) => partOf(await producer.tasks(filter)),
        cancel: (id, reason) => producer.cancel(id, reason),
        replay: async (id) => (await producer.replay(id)).id,
      }),
    )
  return withOperator(access, (operator) =>
    work({
      task: (id) => operator.task(id),
      tasks: async (filter) => partOf(await operator.tasks(filter)),
      cancel: (id, reason) => operator.cancel(id, reason),
      replay: (id) => operator.replay(id),
    }),
  )
}

const partOf = ({
  tasks,
  cursor,
}: {
  readonly tasks: readonly TaskRecord[]
  readonly cursor?: string
}): Part<TaskRecord> => ({
  items: tasks,
  ...(cursor === undefined ? {} : { cursor }),
})

/** A record as a person reads it, a line for each thing there is to say. */
export function taskLines(task: TaskRecord): readonly string[] {
  const { id, status, steps, step, attempt, priority, createdAt, updatedAt, agentId, approval, rejection, error } = task
  return [
    `task      ${id}`,
    `status    ${status}${task.final ? ', for good' : ''}`,
    `step      ${step} of ${steps.length}: ${steps.join(' > ')}`,
    `attempt   ${attempt}${agentId === undefined ? '' : `, by ${agentId}`}`,
    `priority  ${priority}`,
    `created   ${timeOf(createdAt)}`,
    `changed   ${timeOf(updatedAt)}`,
    ...(task.replayOf === undefined ? [] : [`replays   ${task.replayOf}`]),
    ...(approval === undefined
      ? []
      : [`approved  by ${approval.operatorId}${approval.edited ? ', edited' : ''} (${approval.reviewId})`]),
    ...(rejection === undefined
      ? []
      : [`rejected  ${rejection.reason} (by ${rejection.operatorId ?? rejection.by}, ${rejection.reviewId})`]),
    ...(error === undefined ? [] : [`error     ${error.code}: ${error.message}`]),
    ...(task.output === undefined ? [] : [`output    ${excerpt(jsonLine(task.output), 2_000)}`]),
  ]
}
