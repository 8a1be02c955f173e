/**
 * A fleet that always has work, whatever becomes of its nodes: each agent works for a while on each task, and more wait.
 *
 * Every submission, execution and outcome is counted by the number in its payload.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Handle, Producer } from '../../src/client/index.js'
import type { Cue } from './cue.js'
import { type FleetOrder, openFleet, type Return } from './fleet.js'

export type FailoverOrder = FleetOrder & {
  readonly producerToken: string
  /** Of each task; 0: answered at once. */
  readonly workMs: number
  /** Tasks under way. */
  readonly window: number
  /** How long what is under way at the end may take. */
  readonly drainMs: number
}

export type FailoverFound = {
  /** `answeredAt`: when the first result that the agent gave after it came back was on record. */
  readonly returns: readonly (Return & { readonly answeredAt?: number })[]
  readonly submitted: number
  readonly completed: number
  readonly missing: number
  readonly acceptedTwice: number
  /** Tasks that handlers were given more than once. No agent dies here. */
  readonly executedTwice: number
  /** Attempts after the first: what a node had taken for an agent and never sent counts as one. */
  readonly laterAttempts: number
  readonly leasesLost: number
  readonly tasksPerSecond: number
}

type Output = { readonly n: number; readonly agent: number }

const batch = 32
const lookMs = 100

export const failoverLoad = async (order: FailoverOrder, cue: Cue): Promise<FailoverFound> => {
  const executed: number[] = []
  /** When a result was accepted. An outcome may be told again; with another time it is another result. */
  const acceptedAt: number[] = []
  const acceptedTwice = new Set<number>()
  const answered = new Map<Return, number>()
  /** The last return of an agent, until a result after it is on record. */
  const awaited = new Map<number, Return>()
  let laterAttempts = 0
  let leasesLost = 0

  const work =
    (agent: number): Handle =>
    async (task, { signal }) => {
      const n = Number(task.payload)
      executed[n] = (executed[n] ?? 0) + 1
      if (task.attempt > 1) laterAttempts++
      if (order.workMs > 0) await pause(order.workMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) leasesLost++
      return { output: { n, agent } satisfies Output, confidence: 1 }
    }
  const fleet = await openFleet(order, work, (back) => awaited.set(back.agent, back))

  let submitted = 0
  let accepted = 0
  let ended = 0
  let isOver = false
  const producer = new Producer({ url: order.urls, token: order.producerToken, subscriber: 'bench' })
  const submitMore = (): void => {
    while (!isOver && submitted - ended <= order.window - batch) {
      const tasks = Array.from({ length: batch }, () => ({ queue: 'bench', payload: submitted++ }))
      void producer.submit(tasks).then(({ length }) => {
        accepted += length
      })
    }
  }
  producer.onOutcome(({ status, output, at }) => {
    if (status !== 'COMPLETED') throw new Error(`an outcome ${status}`)
    const { n, agent } = output as Output
    if (acceptedAt[n] === undefined) ended++
    else if (acceptedAt[n] !== at) acceptedTwice.add(n)
    acceptedAt[n] = at
    const back = awaited.get(agent)
    if (back !== undefined && at >= back.backAt) {
      answered.set(back, at)
      awaited.delete(agent)
    }
    submitMore()
  })
  submitMore()
  // Everybody has had something to do.
  while (ended < order.agents) await pause(lookMs)
  const [startedAt, endedBefore] = [performance.now(), ended]
  cue.ready()
  await cue.stopped
  const [tookMs, endedMeanwhile] = [performance.now() - startedAt, ended - endedBefore]
  isOver = true
  const until = performance.now() + order.drainMs
  while ((ended < submitted || accepted < submitted) && performance.now() < until) await pause(lookMs)
  // What comes twice comes soon.
  await pause(2 * lookMs)
  return {
    returns: fleet.returns.map((back) => {
      const answeredAt = answered.get(back)
      return { ...back, ...(answeredAt === undefined ? {} : { answeredAt }) }
    }),
    submitted: accepted,
    completed: ended,
    missing: submitted - ended,
    acceptedTwice: acceptedTwice.size,
    executedTwice: executed.filter((times) => times > 1).length,
    laterAttempts,
    leasesLost,
    tasksPerSecond: Math.round((endedMeanwhile * 1_000) / tookMs),
  }
}
