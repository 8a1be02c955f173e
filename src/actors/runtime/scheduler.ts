/**
 * When actors that have something to do get to run.
 *
 * A turn is one actor's: a bounded number of messages. It says whether there is another to be run. A look at the clock
 * costs as much as a step, so turns that follow one another at once share one.
 */

/** `isLater`: time may have passed since the turn before. */
export type Turn = (isLater: boolean) => boolean

export interface Scheduler {
  /** Has `turn` called soon, never from within this call, until it returns false; then `run` is called anew. */
  run(turn: Turn): void
}

export interface EventLoopBudget {
  /** How long actors may run before sockets and timers get their chance. */
  readonly sliceMs?: number
}

/** Some 100 µs of small steps. */
const turnsPerLook = 16

/** The real one: what was told from outside runs in a microtask; after each slice the event loop comes first. */
export function eventLoopScheduler({ sliceMs = 5 }: EventLoopBudget = {}): Scheduler {
  function runSlice(turn: Turn): void {
    const end = performance.now() + sliceMs
    let isMore = true
    try {
      for (let turns = 0; isMore; turns++) {
        const isLook = turns % turnsPerLook === 0
        if (isLook && turns > 0 && performance.now() >= end) break
        isMore = turn(isLook)
      }
    } finally {
      // A turn that threw out of the system leaves the others their turns.
      if (isMore) setImmediate(runSlice, turn)
    }
  }
  return { run: (turn) => queueMicrotask(() => runSlice(turn)) }
}

/** More than any test means to run before time goes on. */
const turnsWithoutEnd = 10_000_000

export interface ManualScheduler extends Scheduler {
  /** Runs one turn. False: there was none. */
  runOne(): boolean
  /** Runs until nobody has anything to do; returns how many turns that took. Throws where that never comes. */
  runAll(): number
}

/** The one for tests and simulation: nothing runs unless it is told to. Systems that share it take turns. */
export function manualScheduler(): ManualScheduler {
  const turns: Turn[] = []

  function runOne(): boolean {
    const turn = turns.shift()
    if (turn === undefined) return false
    if (turn(true)) turns.push(turn)
    return true
  }

  function runAll(): number {
    let ran = 0
    while (runOne()) {
      if (++ran > turnsWithoutEnd) throw new Error('the actors keep each other busy without end')
    }
    return ran
  }

  return { run: (turn) => turns.push(turn), runOne, runAll }
}
