/**
 * Whole lives of tasks: submitted, worked by agents on sockets of their own, delivered as outcomes, seen.
 *
 * Saturated: a window of tasks is always under way. At a rate: tasks are due at fixed times, whatever the node does,
 * and latency counts from when a task was due.
 */
import { type Latencies, latenciesOf } from './latencies.js'
import { signal } from './signal.js'
import { type Frame, type LoadSocket, openAll, openSocket } from './socket.js'

export type LifecycleOrder = {
  /** Of a node, or of several with commas between: agents spread over them. */
  readonly url: string
  readonly agentToken: string
  readonly producerToken: string
  readonly agents: number
  readonly tasks: number
  readonly bytes: number
  /** Tasks a second; 0: as many as go, with `window` under way. */
  readonly rate: number
  readonly window: number
  /** Tasks before those that count. */
  readonly warmup: number
}

export type LifecycleFound = Latencies & {
  readonly submitted: number
  readonly outcomes: number
  readonly doubled: number
  readonly missing: number
  readonly tasksPerSecond: number
}

const batch = 32

export const lifecycleLoad = async (order: LifecycleOrder): Promise<LifecycleFound> => {
  const urls = order.url.split(',')
  const payload = 'p'.repeat(order.bytes)
  const output = 'o'.repeat(order.bytes)
  const agents = await openAll(order.agents, (index) => openAgent(order, index, output))

  const total = order.warmup + order.tasks
  const dueAt = new Float64Array(total)
  const seen = new Uint8Array(total)
  const keyOf = new Map<string, number>()
  const early = new Map<string, number>()
  const latencies: number[] = []
  let submitted = 0
  let accepted = 0
  let outcomes = 0
  let doubled = 0
  let startedAt = 0
  let endedAt = 0
  const done = signal()

  const arrived = (index: number, at: number): void => {
    if (seen[index]) {
      doubled++
      return
    }
    seen[index] = 1
    outcomes++
    if (outcomes === order.warmup) startedAt = at
    if (index >= order.warmup) latencies.push(at - (dueAt[index] ?? 0))
    if (outcomes === total) {
      endedAt = at
      done.resolve()
    }
  }

  const requests = new Map<number, number>()
  let requestId = 1
  let lastSeq = 0
  const welcomed = signal()
  const producer = await openSocket(urls[0] ?? '', '/v1/producer', order.producerToken, (frame, socket) => {
    const at = performance.now()
    if (frame.type === 'outcome') {
      lastSeq = frame.seq as number
      const index = keyOf.get(frame.task as string)
      if (index === undefined) early.set(frame.task as string, at)
      else arrived(index, at)
      if (order.rate === 0) submitMore(socket)
      askSeen(socket)
    } else if (frame.type === 'ack' && Array.isArray(frame.tasks)) {
      const first = requests.get(frame.re as number) ?? 0
      requests.delete(frame.re as number)
      for (const [offset, { id }] of (frame.tasks as { id: string }[]).entries()) {
        accepted++
        keyOf.set(id, first + offset)
        const at = early.get(id)
        if (at === undefined) continue
        early.delete(id)
        arrived(first + offset, at)
      }
    } else if (frame.type === 'welcome') welcomed.resolve()
    else if (frame.type === 'error') throw new Error(JSON.stringify(frame))
  })

  let isSeenDue = false
  const askSeen = (socket: LoadSocket): void => {
    if (isSeenDue) return
    isSeenDue = true
    setImmediate(() => {
      isSeenDue = false
      socket.send({ type: 'seen', seq: lastSeq })
    })
  }

  const submit = (socket: LoadSocket, count: number, due: number): void => {
    const tasks = Array.from({ length: count }, (_, i) => ({ queue: 'bench', payload, key: `k${submitted + i}` }))
    for (let i = 0; i < count; i++) dueAt[submitted + i] = due
    const id = requestId++
    requests.set(id, submitted)
    submitted += count
    socket.send({ type: 'submit', id, tasks })
  }

  const submitMore = (socket: LoadSocket): void => {
    while (submitted < total && submitted - outcomes <= order.window - batch) {
      submit(socket, Math.min(batch, total - submitted), performance.now())
    }
  }

  producer.send({ type: 'hello', id: 0, subscriber: 'bench' })
  await welcomed.promise
  if (order.rate === 0) submitMore(producer)
  else {
    const begin = performance.now() + 50
    const timer = setInterval(() => {
      const now = performance.now()
      while (submitted < total && begin + (submitted * 1_000) / order.rate <= now) {
        submit(producer, 1, begin + (submitted * 1_000) / order.rate)
      }
      if (submitted === total) clearInterval(timer)
    }, 1)
  }
  await done.promise
  // What comes twice comes soon.
  await new Promise((resolve) => setTimeout(resolve, 200))
  for (const socket of [producer, ...agents]) socket.close()
  return {
    ...latenciesOf(latencies),
    submitted: accepted,
    outcomes,
    doubled,
    missing: total - outcomes,
    tasksPerSecond: Math.round((order.tasks * 1_000) / (endedAt - startedAt)),
  }
}

const openAgent = async ({ url, agentToken }: LifecycleOrder, index: number, output: string): Promise<LoadSocket> => {
  const ready = signal()
  let id = 1
  const urls = url.split(',')
  const socket = await openSocket(urls[index % urls.length] ?? '', '/v1/agent', agentToken, (frame, agent) => {
    if (frame.type === 'task') {
      const task = frame.task as Frame & { id: string; lease: string }
      agent.send({ type: 'result', id: id++, task: task.id, lease: task.lease, output, confidence: 0.95, credits: 1 })
    } else if (frame.type === 'welcome') agent.send({ type: 'pull', id: id++, credits: 1 })
    else if (frame.type === 'ack') ready.resolve()
    else if (frame.type === 'error') throw new Error(JSON.stringify(frame))
  })
  socket.send({ type: 'hello', id: 0, queues: ['bench'], capacity: 1, instance: `a${index}` })
  await ready.promise
  return socket
}
