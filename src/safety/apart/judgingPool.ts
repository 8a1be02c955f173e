/**
 * Judges what is large in threads of its own, so that no result can stall the node.
 *
 * Whatever goes wrong (a worker is late, dies, answers something else, or none can be started; too many wait) the answer
 * is why, and the worker is replaced. Each job is answered once; those that are left when the pool is closed are not,
 * for the node that asked has ended.
 *
 * A worker is `starting` until it says that it is ready, then `idle` or `busy` with one job, then gone.
 */

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../../clock.js'
import type { Verdict } from '../../tasks/verdict.js'
import { type FromWorker, hashOfBytes, type Job, readFromWorker } from './job.js'
import { Turns } from './turns.js'

export type AskedApart = Omit<Job, 'id'> & { readonly deadlineMs: number }

export type JudgedApart =
  | { readonly kind: 'judged'; readonly verdict: Verdict; readonly outputHash: string }
  | { readonly kind: 'failed'; readonly why: string }

export type JudgingPool = {
  judge(asked: AskedApart, then: (judged: JudgedApart) => void): void
  /** Ends its workers. */
  close(): Promise<void>
}

export type JudgingPoolOptions = {
  readonly clock: Clock
  readonly workers?: number
  /** What workers run. */
  readonly entry?: URL
  /** A worker is gone, and why. */
  readonly onLost?: (why: string) => void
}

/** Sources that run as they are, without a build, have no worker but the built one. */
const builtEntry = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/src/safety/apart/worker.js' : './worker.js',
  import.meta.url,
)

const turnLimits = { ofTenant: 32, inAll: 256, bytes: 128 * 1_048_576 }
/** Node and filters have to be read and made. */
const startMs = 15_000
/** After one that couldn't start. */
const againMs = 1_000
/** Many times what the largest frame takes. */
const heapMb = 512

type Waiting = { readonly tenant: string; readonly bytes: number; readonly asked: AskedApart; readonly then: Then }
type Then = (judged: JudgedApart) => void

type Seat = {
  readonly worker: Worker
  phase: 'starting' | 'idle' | 'gone' | { readonly job: Job; readonly then: Then }
  timer: Timer | undefined
}

export function createJudgingPool(options: JudgingPoolOptions): JudgingPool {
  const { clock, entry = builtEntry, onLost = () => {} } = options
  const turns = new Turns<Waiting>(turnLimits)
  const seats = new Set<Seat>()
  /** Of seats that are empty until they are tried again. */
  const retries = new Set<Timer>()
  let lastId = 0
  let isClosed = false

  const seat = (): void => {
    // It has no say in the process's settings, and inherits nothing of its environment.
    let worker: Worker
    try {
      worker = new Worker(entry, { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMb } })
    } catch (fault) {
      onLost(fault instanceof Error ? fault.message : 'no worker can be made')
      seatLater()
      return
    }
    const one: Seat = { worker, phase: 'starting', timer: undefined }
    seats.add(one)
    one.timer = clock.at(clock.now() + startMs, () => lose(one, 'the worker did not start in time'))
    worker.on('message', (message) => hear(one, message))
    worker.on('messageerror', () => lose(one, 'the worker’s answer can’t be read'))
    worker.on('error', (error) => lose(one, `the worker failed: ${error instanceof Error ? error.message : 'unknown'}`))
    worker.on('exit', () => lose(one, 'the worker ended'))
  }

  const hear = (one: Seat, message: unknown): void => {
    if (one.phase === 'gone') return
    let said: FromWorker
    try {
      said = readFromWorker(message)
    } catch (fault) {
      lose(one, fault instanceof Error ? fault.message : 'the worker answered what is no verdict')
      return
    }
    if (said.kind === 'ready' && one.phase === 'starting') free(one)
    else if (said.kind === 'judged' && typeof one.phase === 'object') {
      const { job, then } = one.phase
      if (said.id !== job.id || said.judgedBytes !== hashOfBytes(job.bytes)) {
        lose(one, 'the worker judged something else')
        return
      }
      free(one)
      then({ kind: 'judged', verdict: said.verdict, outputHash: said.outputHash })
    } else lose(one, 'the worker spoke out of turn')
  }

  const free = (one: Seat): void => {
    one.timer?.cancel()
    one.timer = undefined
    one.phase = 'idle'
    const next = turns.next()
    if (next !== undefined) give(one, next)
  }

  const give = (one: Seat, { asked, then }: Waiting): void => {
    const { deadlineMs, ...rest } = asked
    lastId += 1
    const job: Job = { ...rest, id: lastId }
    one.phase = { job, then }
    one.timer = clock.at(clock.now() + deadlineMs, () => lose(one, `it took longer than ${deadlineMs} ms`))
    try {
      // A copy of its own: the bytes are a piece of what came from the socket.
      const bytes = new Uint8Array(job.bytes)
      one.worker.postMessage({ ...job, bytes }, [bytes.buffer])
    } catch (fault) {
      free(one)
      then({ kind: 'failed', why: fault instanceof Error ? fault.message : 'it can’t be told to a worker' })
    }
  }

  const lose = (one: Seat, why: string): void => {
    const { phase } = one
    if (phase === 'gone' || isClosed) return
    one.phase = 'gone'
    one.timer?.cancel()
    seats.delete(one)
    void one.worker.terminate()
    onLost(why)
    if (phase === 'starting') seatLater()
    else seat()
    if (typeof phase === 'object') phase.then({ kind: 'failed', why })
    if (seats.size === 0) refuseAll(why)
  }

  const seatLater = (): void => {
    const timer = clock.at(clock.now() + againMs, () => {
      retries.delete(timer)
      seat()
    })
    retries.add(timer)
  }

  const refuseAll = (why: string): void => {
    for (let next = turns.next(); next !== undefined; next = turns.next()) next.then({ kind: 'failed', why })
  }

  for (let i = 0; i < (options.workers ?? defaultWorkers()); i += 1) seat()

  return {
    judge(asked, then) {
      if (isClosed) return
      const idle = [...seats].find(({ phase }) => phase === 'idle')
      const waiting = { tenant: asked.tenant, bytes: asked.bytes.length, asked, then }
      if (idle !== undefined) give(idle, waiting)
      else if (seats.size === 0) then({ kind: 'failed', why: 'no worker could be started' })
      else if (!turns.add(waiting)) then({ kind: 'failed', why: 'too many large results wait to be judged' })
    },
    async close() {
      isClosed = true
      for (const timer of retries) timer.cancel()
      for (const { timer } of seats) timer?.cancel()
      await Promise.all([...seats].map(({ worker }) => worker.terminate()))
    },
  }
}

/** One core is the event loop's. */
const defaultWorkers = (): number => Math.min(2, Math.max(1, availableParallelism() - 1))
