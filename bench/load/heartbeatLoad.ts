/**
 * A fleet that beats: in bursts at the same instant, then spread by phase, while tasks flow through a part of it.
 *
 * Latency counts from when a beat was due to its ack.
 */
import { type Latencies, latenciesOf } from './latencies.js'
import { signal } from './signal.js'
import { type Frame, type LoadSocket, openAll, openSocket } from './socket.js'

export type HeartbeatOrder = {
  readonly url: string
  readonly agentToken: string
  readonly producerToken: string
  readonly agents: number
  readonly bursts: number
  /** Tasks a second meanwhile. */
  readonly rate: number
  /** How long the fleet beats by phase, and the period. */
  readonly spreadMs: number
  readonly periodMs: number
}

export type HeartbeatFound = {
  readonly burst: Latencies
  readonly spread: Latencies
  readonly unanswered: number
  readonly tasks: number
  readonly taskLatency: Latencies
}

type Beater = { socket: LoadSocket; dueAt: number; phaseMs: number; id: number }

export const heartbeatLoad = async (order: HeartbeatOrder): Promise<HeartbeatFound> => {
  let latencies: number[] = []
  let waiting = 0
  let answered = signal()
  const beatId = 0x7000_0000
  const answer = (beater: Beater): void => {
    latencies.push(performance.now() - beater.dueAt)
    waiting--
    if (waiting === 0) answered.resolve()
  }
  const beaters = await openAll(order.agents, async (index) => {
    const beater: Beater = { socket: { send: () => {}, close: () => {} }, dueAt: 0, phaseMs: 0, id: 1 }
    const ready = signal()
    beater.socket = await openSocket(order.url, '/v1/agent', order.agentToken, (frame, socket) => {
      if (frame.type === 'task') {
        const task = frame.task as Frame & { id: string; lease: string }
        socket.send({
          type: 'result',
          id: beater.id++,
          task: task.id,
          lease: task.lease,
          output: 'ok',
          confidence: 1,
          credits: 1,
        })
      } else if (frame.type === 'welcome') {
        beater.phaseMs = frame.heartbeatPhaseMs as number
        socket.send({ type: 'pull', id: beater.id++, credits: 1 })
      } else if (frame.type === 'ack' && (frame.re as number) >= beatId) answer(beater)
      else if (frame.type === 'ack') ready.resolve()
    })
    beater.socket.send({ type: 'hello', id: 0, queues: ['bench'], capacity: 1, instance: `a${index}` })
    await ready.promise
    return beater
  })
  const flow = await startFlow(order)

  for (let burst = 0; burst < order.bursts; burst++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    answered = signal()
    waiting = beaters.length
    const dueAt = performance.now()
    for (const beater of beaters) beat(beater, dueAt, beatId)
    await Promise.race([answered.promise, new Promise((resolve) => setTimeout(resolve, 30_000))])
  }
  const burst = latenciesOf(latencies)
  const unansweredInBursts = waiting
  latencies = []
  waiting = 0
  const unanswered = await beatByPhase(order, beaters, (beater, dueAt) => {
    waiting++
    beat(beater, dueAt, beatId)
  })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const found = await flow.stop()
  for (const { socket } of beaters) socket.close()
  return { burst, spread: latenciesOf(latencies), unanswered: unansweredInBursts + unanswered + waiting, ...found }
}

const beat = (beater: Beater, dueAt: number, id: number): void => {
  beater.dueAt = dueAt
  beater.socket.send({ type: 'heartbeat', id: id + (beater.id++ & 0xffff), status: 'IDLE' })
}

const beatByPhase = async (
  { agents, spreadMs, periodMs }: HeartbeatOrder,
  beaters: readonly Beater[],
  send: (beater: Beater, dueAt: number) => void,
): Promise<number> => {
  const byPhase = [...beaters].sort((a, b) => a.phaseMs - b.phaseMs)
  const begin = performance.now()
  let next = 0
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now()
      for (;;) {
        const beater = byPhase[next % agents]
        const dueAt = begin + Math.floor(next / agents) * periodMs + ((beater?.phaseMs ?? 0) * periodMs) / 5_000
        if (beater === undefined || dueAt > now) break
        if (dueAt - begin > spreadMs) {
          clearInterval(timer)
          resolve()
          return
        }
        send(beater, dueAt)
        next++
      }
    }, 1)
  })
  return 0
}

/** Tasks at a rate, from a producer of its own. */
const startFlow = async ({ url, producerToken, rate }: HeartbeatOrder) => {
  const latencies: number[] = []
  const dueAt = new Map<string, number>()
  const order: number[] = []
  let submitted = 0
  let outcomes = 0
  const welcomed = signal()
  const producer = await openSocket(url, '/v1/producer', producerToken, (frame, socket) => {
    if (frame.type === 'welcome') welcomed.resolve()
    else if (frame.type === 'outcome') {
      outcomes++
      const due = dueAt.get(frame.task as string)
      if (due !== undefined) latencies.push(performance.now() - due)
      socket.send({ type: 'seen', seq: frame.seq })
    } else if (frame.type === 'ack' && Array.isArray(frame.tasks)) {
      const [{ id }] = frame.tasks as [{ id: string }]
      dueAt.set(id, order[frame.re as number] ?? 0)
    }
  })
  producer.send({ type: 'hello', id: 0, subscriber: 'bench' })
  await welcomed.promise
  const begin = performance.now()
  const timer = setInterval(() => {
    while (begin + (submitted * 1_000) / rate <= performance.now()) {
      const id = ++submitted
      order[id] = begin + ((id - 1) * 1_000) / rate
      producer.send({ type: 'submit', id, tasks: [{ queue: 'bench', payload: 'p', key: `h${id}` }] })
    }
  }, 1)
  return {
    stop: async () => {
      clearInterval(timer)
      for (let round = 0; round < 100 && outcomes < submitted; round++)
        await new Promise((resolve) => setTimeout(resolve, 50))
      producer.close()
      if (outcomes !== submitted) throw new Error(`${submitted} submitted, ${outcomes} outcomes`)
      return { tasks: outcomes, taskLatency: latenciesOf(latencies) }
    },
  }
}
