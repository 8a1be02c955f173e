/**
 * The one contract of everything that is started and stopped.
 *
 * A life is lived once: `start` a second time, or after `stop`, is an error. `stop` may be called at any moment and as
 * often as one likes, and settles when all is let go of. A stop during a start tells it through its signal, waits
 * for it, and then stops: that start is rejected with `Stopped`, so that nobody goes on to use what has ended.
 */

export interface Lifecycle {
  start(): Promise<void>
  stop(): Promise<void>
}

/** What was to be started has been stopped. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

export interface Life {
  /** Rejects where it can't start, having let go of what it took. May give up early once `signal` is aborted. */
  readonly start: (signal: AbortSignal) => Promise<void>
  /** Called once, only after a start that succeeded. */
  readonly stop: () => Promise<void>
}

/** `ended` is what every `stop` waits for. */
type Phase =
  | { readonly kind: 'new' }
  | { readonly kind: 'started'; readonly ready: Promise<void>; readonly giveUp: AbortController }
  | { readonly kind: 'stopped'; readonly ended: Promise<void> }

/** Keeps the contract for two functions that needn't know of it. */
export function lifecycle(life: Life): Lifecycle {
  let phase: Phase = { kind: 'new' }

  async function start(): Promise<void> {
    if (phase.kind === 'started') throw new Error('start: was started before')
    if (phase.kind === 'stopped') throw new Stopped('start: was stopped before')
    const giveUp = new AbortController()
    const ready = Promise.resolve(giveUp.signal).then(life.start)
    phase = { kind: 'started', ready, giveUp }
    await ready
    if (giveUp.signal.aborted) throw new Stopped('start: was stopped meanwhile')
  }

  async function end(ready: Promise<void>, giveUp: AbortController): Promise<void> {
    giveUp.abort()
    const hasStarted = await ready.then(
      () => true,
      () => false,
    )
    if (hasStarted) await life.stop()
  }

  function stop(): Promise<void> {
    if (phase.kind === 'stopped') return phase.ended
    const ended = phase.kind === 'new' ? Promise.resolve() : end(phase.ready, phase.giveUp)
    phase = { kind: 'stopped', ended }
    return ended
  }

  return { start, stop }
}
