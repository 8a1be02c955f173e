/**
 * Results that the gate holds, so many; ready once all are. Others then decide on each of them once; told to stop, it
 * waits for what outcomes are still missing.
 */
import type { Cue } from './cue.js'
import { signal } from './signal.js'
import { type LoadSocket, openSocket } from './socket.js'

export type HoldOrder = {
  readonly url: string
  readonly agentToken: string
  readonly producerToken: string
  readonly cards: number
}

export type HoldFound = {
  readonly held: number
  /** Approved, and delivered as that. */
  readonly outcomes: number
  readonly doubled: number
  /** Outcomes of another kind. */
  readonly wrong: number
}

const batch = 32
/** Submitted and not yet held. */
const underWay = 256
const lastWordsMs = 5_000

export const holdLoad = async (order: HoldOrder, cue: Cue): Promise<HoldFound> => {
  const { cards } = order
  const held = signal()
  const delivered = signal()
  const ended = new Map<string, number>()
  let submitted = 0
  let heldSoFar = 0
  let wrong = 0
  const producer = await openSocket(order.url, '/v1/producer', order.producerToken, (frame, socket) => {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
    if (frame.type !== 'outcome') return
    socket.send({ type: 'seen', seq: frame.seq })
    if (frame.final !== true) return
    if (frame.status !== 'APPROVED') wrong++
    const task = frame.task as string
    ended.set(task, (ended.get(task) ?? 0) + 1)
    if (ended.size === cards) delivered.resolve()
  })
  const submitMore = (): void => {
    while (submitted < cards && submitted - heldSoFar < underWay) {
      const count = Math.min(batch, cards - submitted)
      const tasks = Array.from({ length: count }, (_, n) => ({ queue: 'held', payload: `question ${submitted + n}` }))
      submitted += count
      producer.send({ type: 'submit', id: submitted, tasks })
    }
  }
  const agent = await openAgent(order, () => {
    heldSoFar++
    if (heldSoFar === cards) held.resolve()
    submitMore()
  })
  producer.send({ type: 'hello', id: 0, subscriber: 'bench' })
  submitMore()
  await held.promise
  cue.ready()
  await cue.stopped
  const lastWords = new Promise((resolve) => setTimeout(resolve, lastWordsMs))
  if (ended.size > 0) await Promise.race([delivered.promise, lastWords])
  // What comes twice comes soon.
  await new Promise((resolve) => setTimeout(resolve, 200))
  for (const socket of [producer, agent]) socket.close()
  const doubled = [...ended.values()].filter((times) => times > 1).length
  return { held: heldSoFar, outcomes: ended.size, doubled, wrong }
}

const openAgent = async ({ url, agentToken }: HoldOrder, onHeld: () => void): Promise<LoadSocket> => {
  const ready = signal()
  let id = 1
  const work = (task: { id: string; lease: string; payload: unknown }, agent: LoadSocket): void => {
    const output = `An answer to ${task.payload} that its agent isn't sure of; somebody has to look at it.`
    agent.send({ type: 'result', id: id++, task: task.id, lease: task.lease, output, confidence: 0.3, credits: 1 })
  }
  const socket = await openSocket(url, '/v1/agent', agentToken, (frame, agent) => {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
    if (frame.type === 'welcome') agent.send({ type: 'pull', id: id++, credits: 64 })
    else if (frame.type === 'task') work(frame.task as Parameters<typeof work>[0], agent)
    else if (frame.type === 'ack') {
      ready.resolve()
      if (frame.status === 'NEEDS_REVIEW') onHeld()
      for (const task of (frame.tasks ?? []) as Parameters<typeof work>[0][]) work(task, agent)
    }
  })
  socket.send({ type: 'hello', id: 0, queues: ['held'], capacity: 64 })
  await ready.promise
  return socket
}
