/**
 * Tasks handed in over HTTP, where a subscriber can be named without taking its outcomes away from whoever follows them.
 */
import { ChimeraError } from '../client/index.js'
import type { Access } from './access.js'
import { isErrorCode, nodeCall } from './nodeCall.js'

export type Submitted =
  | { readonly id: string; readonly existing?: boolean }
  | { readonly error: { readonly code: string; readonly message: string } }

/** As the protocol has them; `payload` in the JSON of free values. `key` makes it safe to send it twice. */
export type TaskToSubmit = { readonly key: string; readonly payload: unknown; readonly [option: string]: unknown }

/** At most 256 tasks. Tries again where the node has no room for now. Throws `ChimeraError`. */
export async function submitTasks(
  { url, token, tenant }: Access,
  tasks: readonly TaskToSubmit[],
  subscriber: string | undefined,
): Promise<readonly Submitted[]> {
  const query = subscriber === undefined ? '' : `?subscriber=${encodeURIComponent(subscriber)}`
  const body = JSON.stringify(tasks)
  const answer = await nodeCall({ url, token }, 'POST', `/v1/tenants/${tenant}/tasks${query}`, body)
  if (!Array.isArray(answer.tasks) || answer.tasks.length !== tasks.length)
    throw new ChimeraError('INTERNAL', 'the node answered with something else than one answer for each task')
  return answer.tasks.map(submittedOf)
}

function submittedOf(item: unknown): Submitted {
  const { id, existing, error } = Object.assign(Object.create(null) as Partial<Record<string, unknown>>, item)
  if (typeof id === 'string') return { id, ...(existing === true ? { existing } : {}) }
  const { code, message } = Object.assign(Object.create(null) as Partial<Record<string, unknown>>, error)
  return { error: { code: isErrorCode(code) ? code : 'INTERNAL', message: String(message) } }
}
