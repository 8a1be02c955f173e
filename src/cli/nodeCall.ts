/** One call of a node's HTTP interface; its problem documents become the client's errors. */
import { setTimeout as pause } from 'node:timers/promises'
import { ChimeraError, type TokenSource } from '../client/index.js'
import { type ErrorCode, errorCodes } from '../protocol/codes.js'

export type NodeAnswer = Partial<Record<string, unknown>>

const tries = 8
const timeoutMs = 60_000

/** Waits and tries again where the node says so (503, 429). Throws `ChimeraError`. */
export async function nodeCall(
  { url, token }: { readonly url: string; readonly token: TokenSource },
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<NodeAnswer> {
  const addresses = url.split(',').map((one) => httpAddress(one.trim()) + path)
  for (let left = tries; ; left--) {
    const bearer = typeof token === 'string' ? token : await token()
    const response = await answered(addresses, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const answer = await bodyOf(response)
    if (response.ok) return answer
    const error = errorOf(response, answer)
    if (error.retryAfterMs === undefined || left <= 1) throw error
    await pause(error.retryAfterMs)
  }
}

export const isErrorCode = (code: unknown): code is ErrorCode =>
  typeof code === 'string' && Object.hasOwn(errorCodes, code)

/** The first node that is there. Nobody was asked where nobody could be reached, so another one may be. */
async function answered([address = '', ...others]: readonly string[], request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request)
  } catch (error) {
    if (others.length > 0 && isRefused(error)) return answered(others, request)
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new ChimeraError('UNREACHABLE', cause instanceof Error ? cause.message || cause.name : String(cause))
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ECONNREFUSED'

async function bodyOf(response: Response): Promise<NodeAnswer> {
  try {
    const body: unknown = await response.json()
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {}
  }
}

function errorOf(response: Response, { code, detail }: NodeAnswer): ChimeraError {
  const message = typeof detail === 'string' ? detail : `the node answered ${response.status} ${response.statusText}`
  if (response.status === 401) return new ChimeraError('UNAUTHORIZED', message)
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : undefined
  return new ChimeraError(isErrorCode(code) ? code : 'REFUSED', message, { retryAfterMs })
}

/** Of a node: its WebSockets and calls have one address. */
function httpAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol.replace('ws', 'http')}//${host}${pathname.replace(/\/+$/, '')}`
}
