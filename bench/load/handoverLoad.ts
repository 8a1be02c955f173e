/**
 * A fleet at one node, each agent with a task in its hands that takes until all are back: then each answers. A lease
 * that was lost meanwhile, or work that was handed out again, shows.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Handle, Producer } from '../../src/client/index.js'
import type { Cue } from './cue.js'
import { type Failures, type FleetOrder, openFleet, type Return } from './fleet.js'
import { signal } from './signal.js'

export type HandoverOrder = FleetOrder & {
  readonly producerToken: string
  /** The name of the node that all are at, and that dies. */
  readonly first: string
  /** How long they may take to come back, and then to answer. */
  readonly withinMs: number
}

export type HandoverFound = {
  readonly returns: readonly Return[]
  /** Not back in time; of them those who never will be, and why. */
  readonly away: number
  readonly gaveUp: Failures
  /** Attempts that came to nothing. */
  readonly failures: Failures
  /** Were at the first node at the kill. */
  readonly struck: number
  readonly lost: number
  readonly completed: number
  readonly executedTwice: number
  /** From when the last was back: all results on record and told. */
  readonly answeredMs: number
}

const batch = 250
const lookMs = 20

export const handoverLoad = async (order: HandoverOrder, cue: Cue): Promise<HandoverFound> => {
  const { agents, withinMs, first } = order
  const finish = signal()
  const executed: number[] = new Array(agents).fill(0)
  let lost = 0
  let completed = 0
  const work =
    (): Handle =>
    async (task, { signal: ended }) => {
      const n = Number(task.payload)
      executed[n] = (executed[n] ?? 0) + 1
      ended.addEventListener('abort', () => lost++)
      await finish.promise
      return { output: n, confidence: 1 }
    }
  const fleet = await openFleet(order, work)
  // It outlives the first node: its outcomes are what is counted.
  const producer = new Producer({ url: order.urls, token: order.producerToken, subscriber: 'bench' })
  producer.onOutcome(({ status }) => {
    if (status === 'COMPLETED') completed++
  })
  for (let from = 0; from < agents; from += batch) {
    const tasks = Array.from({ length: Math.min(batch, agents - from) }, (_, i) => ({
      queue: 'bench',
      payload: from + i,
    }))
    await producer.submit(tasks)
  }
  while (executed.some((times) => times === 0)) await pause(lookMs)
  const struck = fleet.nodes.filter((node) => node === first).length
  cue.ready()
  await cue.stopped
  const until = performance.now() + withinMs
  const away = (): number => struck - new Set(fleet.returns.map(({ agent }) => agent)).size
  while (away() > 0 && performance.now() < until) await pause(lookMs)
  const found = { returns: [...fleet.returns], away: away(), lost, struck }
  const startedAt = performance.now()
  finish.resolve()
  while (completed < agents && performance.now() < startedAt + withinMs) await pause(lookMs)
  return {
    ...found,
    failures: fleet.failures,
    gaveUp: fleet.gaveUp,
    completed,
    executedTwice: executed.filter((times) => times > 1).length,
    answeredMs: performance.now() - startedAt,
  }
}
