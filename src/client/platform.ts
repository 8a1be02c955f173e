/**
 * What the client asks of the machine it runs on, the same in Node and in a browser: time, chance, the end of a turn.
 *
 * Durations alone are measured here. What time it is, the node says (`welcome.now`).
 */

export interface Platform {
  /** Milliseconds that only count up, from any start. */
  now(): number
  /** Calls `wake` once, after `delayMs`. Returns what calls it off. */
  setTimer(wake: () => void, delayMs: number): () => void
  /** At least 0, less than 1. */
  random(): number
  /** Calls `work` once this turn of the event loop has done all it had to do. */
  endOfTurn(work: () => void): void
}

const word = new Uint32Array(1)

export const systemPlatform: Platform = {
  now: () => performance.now(),
  setTimer: (wake, delayMs) => {
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
  random: () => (crypto.getRandomValues(word)[0] ?? 0) / 2 ** 32,
  // Browsers have no setImmediate; a microtask comes a little early, which costs a message more, nothing else.
  endOfTurn: (work) => {
    if (typeof setImmediate === 'function') setImmediate(work)
    else queueMicrotask(work)
  },
}

/** A name that nobody else has: 128 bits, in hex. */
export function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
