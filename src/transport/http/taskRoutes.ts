/** Calls about tasks: submitted by producers, looked at and ended by them and by operators. */
import { formats, limits } from '../../protocol/formats.js'
import { TaskSpec } from '../../protocol/producerFrames.js'
import { taskStatuses } from '../../protocol/records.js'
import { isErrorCode, type Problem, problemOf } from '../problem.js'
import {
  type Answer,
  type Asked,
  asked,
  type Call,
  isMap,
  ok,
  paging,
  pagingQuery,
  pick,
  type Route,
  roleOf,
  withFree,
  wrong,
} from './route.js'
import { listOf, ref, text } from './schemas.js'

export const taskRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/tasks',
    summary: 'Submit one task, or a list of them. Each is answered as `submit` answers it.',
    roles: ['producer'],
    query: { subscriber: text('the name under which outcomes are kept') },
    headers: { 'Idempotency-Key': text('the `key` of the one task') },
    body: { oneOf: [TaskSpec, { type: 'array', items: TaskSpec, minItems: 1, maxItems: limits.tasksPerSubmit }] },
    ask: askSubmit,
    status: 202,
    answer: { type: 'object', required: ['tasks'], properties: { tasks: listOf(ref('Submitted')) } },
    reply: replySubmit,
  },
  {
    method: 'GET',
    path: '/tasks/{id}',
    summary: 'The record of a task.',
    roles: ['producer', 'operator'],
    query: {},
    ask: ({ identity, params }) => {
      const role = roleOf(identity)
      return asked(role, { type: role === 'operator' ? 'getTask' : 'get', task: params.id })
    },
    status: 200,
    answer: ref('Task'),
    reply: ({ task }) => ok(task),
  },
  {
    method: 'GET',
    path: '/tasks',
    summary: 'Tasks, newest first: all of the tenant for an operator, their own for a producer.',
    roles: ['producer', 'operator'],
    query: { status: { enum: taskStatuses }, queue: text('a queue'), ...pagingQuery },
    ask: ({ identity, query }) =>
      asked(roleOf(identity), { type: 'tasks', ...pick(query, 'status', 'queue'), ...paging(query) }),
    status: 200,
    answer: {
      type: 'object',
      required: ['tasks'],
      properties: { tasks: listOf(ref('Task')), cursor: text('of the next page') },
    },
    reply: ({ tasks, cursor }) => ok({ tasks, cursor }),
  },
  {
    method: 'DELETE',
    path: '/tasks/{id}',
    summary: 'Cancel a task. One that has ended answers with its status.',
    roles: ['producer', 'operator'],
    query: { reason: text('why') },
    ask: ({ identity, params, query }) => {
      const role = roleOf(identity)
      return asked(role, {
        type: role === 'operator' ? 'cancelTask' : 'cancel',
        task: params.id,
        ...pick(query, 'reason'),
      })
    },
    status: 200,
    answer: { type: 'object', required: ['status'], properties: { status: { enum: taskStatuses } } },
    reply: ({ status }) => ok({ status }),
  },
  {
    method: 'POST',
    path: '/tasks/{id}/replay',
    summary: 'A new task from one that failed, expired or was rejected; the same one when asked again.',
    roles: ['producer', 'operator'],
    query: {},
    ask: ({ identity, params }) => asked(roleOf(identity), { type: 'replay', task: params.id }),
    status: 202,
    answer: { type: 'object', required: ['task'], properties: { task: text('the id of the new task') } },
    reply: ({ task }) => ({ status: 202, body: { task } }),
  },
]

function askSubmit({ body, query, headers }: Call): Asked {
  const key = headers['idempotency-key']
  const items = Array.isArray(body) ? body : [body]
  if (!Array.isArray(body) && !isMap(body)) return wrong('body: expected a task (JSON object), or a list of them')
  if (key !== undefined && Array.isArray(body))
    return wrong('Idempotency-Key: expected one task, got a list; give each its key')
  if (query.subscriber !== undefined && !formats.name.accepts(query.subscriber))
    return wrong(`subscriber: expected ${formats.name.expected}`)
  const tasks = items.map((item, i) => (isMap(item) ? withFree(item, 'payload', `tasks[${i}].`) : item))
  const [first] = tasks
  if (key !== undefined && isMap(first)) {
    if (typeof first.key === 'string' && first.key !== key) return wrong('key: expected the same as Idempotency-Key')
    tasks[0] = { ...first, key }
  }
  const frame = { type: 'submit', tasks }
  return {
    kind: 'asked',
    role: 'producer',
    frame,
    ...(query.subscriber === undefined ? {} : { subscriber: query.subscriber }),
  }
}

/** What is wrong with the only task is what is wrong with the call. */
function replySubmit({ tasks }: Readonly<Record<string, unknown>>, { body }: Call): Answer {
  const [only] = Array.isArray(tasks) ? tasks : []
  if (!Array.isArray(body) && isMap(only) && isMap(only.error)) return { problem: problemOfItem(only.error) }
  return { status: 202, body: { tasks } }
}

function problemOfItem({ code, message, retryAfterMs }: Readonly<Record<string, unknown>>): Problem {
  const known = isErrorCode(code) ? code : 'INTERNAL'
  const problem = problemOf(known, typeof message === 'string' ? message : '')
  return typeof retryAfterMs === 'number' ? { ...problem, retryAfterMs } : problem
}
