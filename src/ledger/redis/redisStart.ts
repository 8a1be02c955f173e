/** What a start needs that can't be done now, and can later: it is tried until it is done, and why is told. */
import type { Clock } from '../../clock.js'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { LedgerFault } from '../port.js'
import { explained, refusalAt } from './connectionRefusal.js'
import type { Health } from './health.js'

export type StartOptions = {
  readonly clock: Clock
  /** For messages: without a password. */
  readonly address: string
  readonly health: Health
  /** Gives up. */
  readonly signal?: AbortSignal | undefined
}

const pauseMs = 500

/** Rejects with a `LedgerRefusal` for what a person has to change. */
export async function untilPossible<T>(attempt: () => Promise<T>, options: StartOptions): Promise<T> {
  const { address, health, signal } = options
  for (;;) {
    try {
      const result = await attempt()
      health.clear('start')
      return result
    } catch (error) {
      const reason = explained(error)
      if (!(reason instanceof LedgerFault)) throw reason instanceof LedgerRefusal ? withAddress(reason, address) : error
      if (signal?.aborted) throw new LedgerFault('gave up waiting for Redis', { cause: reason })
      health.set('start', `the ledger can't be opened yet: ${address}: ${reason.message}`)
      await pause(options)
    }
  }
}

const withAddress = (refusal: LedgerRefusal, address: string): LedgerRefusal =>
  refusal.message.startsWith(address) ? refusal : refusalAt(address, refusal)

function pause({ clock, signal }: StartOptions): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      timer.cancel()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.at(clock.now() + pauseMs, end)
    signal?.addEventListener('abort', end)
  })
}
