/**
 * One HTTP call: how it becomes a frame, and the reply its answer. No call does anything by itself.
 *
 * The same rows make the server and `openapi.json`. Paths stand below `/v1/tenants/{tenant}`.
 */
import type { IncomingHttpHeaders } from 'node:http'
import type { TSchema } from 'typebox'
import type { Identity } from '../../actors/effects.js'
import { fromJson } from '../../protocol/json.js'
import { Unsayable } from '../../protocol/packing.js'
import { Raw } from '../../protocol/raw.js'
import { type Problem, problemOf } from '../problem.js'

/** Roles that calls act in. */
export type CallerRole = 'producer' | 'operator'

export type Call = {
  readonly identity: Identity
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** `frame` lacks its id, and is unchecked. */
export type Asked =
  | { readonly kind: 'asked'; readonly role: CallerRole; readonly frame: Unchecked; readonly subscriber?: string }
  | { readonly kind: 'wrong'; readonly problem: Problem }

export type Unchecked = { readonly type: string; readonly [field: string]: unknown }

export type Answer =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly problem: Problem }

export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly summary: string
  /** Any of these, or `admin`. */
  readonly roles: readonly ('producer' | 'operator' | 'admin')[]
  readonly query: Readonly<Record<string, object>>
  readonly headers?: Readonly<Record<string, object>>
  readonly body?: TSchema | object
  readonly ask: (call: Call) => Asked
  readonly status: number
  readonly answer: object
  /** Of the `ack`'s fields. */
  readonly reply: (fields: Readonly<Record<string, unknown>>, call: Call) => Answer
}

export const wrong = (message: string): Asked => ({ kind: 'wrong', problem: problemOf('INVALID', message) })

export const asked = (role: CallerRole, frame: Unchecked): Asked => ({ kind: 'asked', role, frame })

/** Whoever may see all of the tenant's does. */
export const roleOf = ({ roles }: Identity): CallerRole =>
  roles.includes('operator') || roles.includes('admin') ? 'operator' : 'producer'

export const ok = (body: unknown): Answer => ({ status: 200, body })

export const isMap = (body: unknown): body is Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null && !Array.isArray(body)

/** The map with the free value at `key` as it travels. Throws `Unsayable`, naming the place. */
export function withFree(body: Readonly<Record<string, unknown>>, key: string, at: string): Record<string, unknown> {
  if (!(key in body)) return { ...body }
  try {
    return { ...body, [key]: Raw.of(fromJson(body[key])) }
  } catch (error) {
    if (error instanceof Unsayable) throw new UnfitValue(`${at}${key}: ${error.message}`)
    throw error
  }
}

/** A free value that frames have no word for. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue'
}

const defaultPage = 50
const largestPage = 1_000

export const pagingQuery = {
  limit: { type: 'integer', minimum: 1, default: defaultPage, description: `over ${largestPage} is cut` },
  cursor: { type: 'string', description: 'of the page before' },
}

/** `limit` and `cursor` of a frame; a text where the limit is wrong, which the frame's check then says. */
export function paging({ limit, cursor }: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const asNumber =
    limit === undefined ? defaultPage : /^\d{1,9}$/.test(limit) ? Math.min(Number(limit), largestPage) : limit
  return { limit: asNumber, ...(cursor === undefined ? {} : { cursor }) }
}

/** Those fields of the query that were sent. */
export function pick(
  query: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])))
}
