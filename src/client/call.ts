/**
 * One request, sent until it is answered: on this connection or the next. Every request of the protocol may be sent
 * twice.
 */
import type { Ack } from '../protocol/nodeFrames.js'
import { orAborted, pause } from './abortable.js'
import { backoffMs } from './backoff.js'
import { ChimeraError } from './chimeraError.js'
import type { Connection, Frame } from './connection.js'
import type { Link } from './link.js'

export interface CallOptions {
  /** How long to try altogether. Default: 30 s. */
  readonly timeoutMs?: number
  /** Gives up. What was sent may take effect all the same. */
  readonly signal?: AbortSignal
}

const defaultTimeoutMs = 30_000

/** Resolves with the reply; rejects with what the node refused, `NO_ANSWER`, or the signal's reason. */
export async function call(link: Link, frame: Frame, options: CallOptions = {}): Promise<Ack> {
  const { timeoutMs = defaultTimeoutMs } = options
  const stop = new AbortController()
  const giveUp = () => stop.abort(new ChimeraError('NO_ANSWER', `${frame.type}: no answer within ${timeoutMs} ms`))
  const cancelTimer = link.platform.setTimer(giveUp, timeoutMs)
  const onAbort = () => stop.abort(options.signal?.reason)
  if (options.signal?.aborted) onAbort()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await untilAnswered(link, frame, stop.signal)
  } finally {
    cancelTimer()
    options.signal?.removeEventListener('abort', onAbort)
  }
}

async function untilAnswered(link: Link, frame: Frame, signal: AbortSignal): Promise<Ack> {
  for (let refusals = 0; ; ) {
    const connection = await link.opened(signal)
    try {
      return await orAborted(ask(connection, frame), signal)
    } catch (error) {
      if (!(error instanceof ChimeraError) || signal.aborted) throw error
      if (isForNow(error)) {
        const delayMs = backoffMs(refusals++, link.platform.random(), error.retryAfterMs)
        await pause(link.platform, delayMs, signal)
      } else if (!isUnknown(error)) throw error
    }
  }
}

const ask = (connection: Connection, frame: Frame): Promise<Ack> =>
  new Promise((resolve, reject) => {
    connection.request(frame, (reply) => (reply.kind === 'ack' ? resolve(reply.ack) : reject(reply.error)))
  })

/** The node would do it later. */
export const isForNow = ({ code }: ChimeraError): boolean => code === 'OVERLOADED' || code === 'RATE_LIMITED'

/** It may have been done or not: ask again. */
export const isUnknown = ({ code }: ChimeraError): boolean => code === 'CONNECTION_LOST' || code === 'NO_ANSWER'
