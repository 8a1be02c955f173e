/**
 * A reconnect storm: all agents, each with a session and a lease, lose their connections and come back at once.
 *
 * Afterwards each finishes the task that it held: an attempt that was lost, or work that was handed out again, shows.
 */

import { signal } from './signal.js'
import { type Frame, type LoadSocket, openAll, openSocket } from './socket.js'

export type StormOrder = {
  readonly url: string
  readonly agentToken: string
  readonly producerToken: string
  readonly agents: number
  /** Connect and nothing more: the floor. */
  readonly isBare: boolean
}

export type StormFound = {
  readonly resumedMs: number
  readonly resumed: number
  readonly lost: number
  readonly completed: number
  readonly repeated: number
}

type Member = {
  index: number
  session?: string
  task?: { id: string; lease: string; attempt: number }
  socket?: LoadSocket
}

export const stormLoad = async (order: StormOrder): Promise<StormFound> =>
  order.isBare ? bareStorm(order) : realStorm(order)

const bareStorm = async ({ url, agents }: StormOrder): Promise<StormFound> => {
  const before = await openAll(agents, () => openSocket(url, '/', 'none', () => {}))
  for (const socket of before) socket.close()
  const startedAt = performance.now()
  const after = await openAll(
    agents,
    async (index) => {
      const answered = signal()
      const socket = await openSocket(url, '/', 'none', () => answered.resolve())
      socket.send({ type: 'hello', index })
      await answered.promise
      return socket
    },
    agents,
  )
  const resumedMs = performance.now() - startedAt
  for (const socket of after) socket.close()
  return { resumedMs, resumed: agents, lost: 0, completed: 0, repeated: 0 }
}

const realStorm = async (order: StormOrder): Promise<StormFound> => {
  let completed = 0
  let repeated = 0
  const allDone = signal()
  const producerWelcomed = signal()
  const producer = await openSocket(order.url, '/v1/producer', order.producerToken, (frame, socket) => {
    if (frame.type === 'welcome') producerWelcomed.resolve()
    if (frame.type !== 'outcome') return
    socket.send({ type: 'seen', seq: frame.seq })
    if (frame.status === 'COMPLETED' && ++completed === order.agents) allDone.resolve()
  })
  producer.send({ type: 'hello', id: 0, subscriber: 'bench' })
  await producerWelcomed.promise
  const members = await openAll(order.agents, (index) => join(order, { index }))
  for (let first = 0; first < order.agents; first += 250) {
    const tasks = Array.from({ length: Math.min(250, order.agents - first) }, (_, i) => ({
      queue: 'bench',
      payload: first + i,
    }))
    producer.send({ type: 'submit', id: first + 1, tasks })
  }
  while (members.some(({ task }) => task === undefined)) await new Promise((resolve) => setTimeout(resolve, 20))
  for (const { socket } of members) socket?.close()

  const startedAt = performance.now()
  let resumed = 0
  let lost = 0
  const back = await openAll(
    order.agents,
    async (index) => {
      const member = members[index]
      if (member === undefined) throw new Error('no such member')
      const welcome = await resume(order, member)
      resumed += (welcome.resumed as string[]).length
      lost += (welcome.lost as string[]).length
      return member
    },
    order.agents,
  )
  const resumedMs = performance.now() - startedAt
  for (const { socket, task } of back) {
    if (task === undefined || socket === undefined) continue
    if (task.attempt !== 1) repeated++
    socket.send({ type: 'result', id: 9, task: task.id, lease: task.lease, output: 'ok', confidence: 1 })
  }
  await Promise.race([allDone.promise, new Promise((resolve) => setTimeout(resolve, 30_000))])
  producer.close()
  for (const { socket } of back) socket?.close()
  return { resumedMs, resumed, lost, completed, repeated }
}

const join = async (order: StormOrder, member: Member): Promise<Member> => {
  const ready = signal()
  member.socket = await openSocket(order.url, '/v1/agent', order.agentToken, (frame, socket) => {
    if (frame.type === 'welcome') {
      member.session = frame.session as string
      socket.send({ type: 'pull', id: 1, credits: 1 })
    } else if (frame.type === 'ack') ready.resolve()
    else if (frame.type === 'task') member.task = frame.task as NonNullable<Member['task']>
  })
  member.socket.send({ type: 'hello', id: 0, queues: ['bench'], capacity: 1, instance: `a${member.index}` })
  await ready.promise
  return member
}

const resume = async (order: StormOrder, member: Member): Promise<Frame> => {
  const { promise, resolve } = welcomed()
  member.socket = await openSocket(order.url, '/v1/agent', order.agentToken, (frame) => {
    if (frame.type === 'welcome') resolve(frame)
  })
  const holding = member.task === undefined ? [] : [{ task: member.task.id, lease: member.task.lease }]
  const { session, index } = member
  member.socket.send({ type: 'hello', id: 0, queues: ['bench'], capacity: 1, instance: `a${index}`, session, holding })
  return promise
}

const welcomed = () => {
  let resolve: (frame: Frame) => void = () => {}
  const promise = new Promise<Frame>((keep) => {
    resolve = keep
  })
  return { promise, resolve }
}
