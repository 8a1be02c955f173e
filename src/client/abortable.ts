/** Waiting that can be called off. */
import type { Platform } from './platform.js'

/** Settles as `promise` does, or rejects with the signal's reason, whichever comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Resolves after `ms`; rejects with the signal's reason. */
export async function pause(platform: Platform, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let cancel = () => {}
  const passed = new Promise<void>((resolve) => {
    cancel = platform.setTimer(resolve, ms)
  })
  await orAborted(passed, signal).finally(cancel)
}
