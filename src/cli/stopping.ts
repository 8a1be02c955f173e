/** Ctrl-C and its like: the first asks to come to an end in good order, the second ends at once. */
import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type Stopping = {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Settles with the first signal. */
  readonly asked: Promise<void>
  /** As if a signal had come. */
  readonly ask: () => void
}

/** From now on signals don't end the process by themselves. */
export function listenForStop(): Stopping {
  const abort = new AbortController()
  const asked = new Promise<void>((resolve) => abort.signal.addEventListener('abort', () => resolve(), { once: true }))
  for (const name of signals)
    process.on(name, () => {
      if (abort.signal.aborted) process.exit(128 + constants.signals[name])
      abort.abort()
    })
  return { signal: abort.signal, asked, ask: () => abort.abort() }
}
