/**
 * A fleet that waits for tasks of a queue that has none, and beats, each agent at its phase, until it is told to stop: at
 * fixed times, whatever the node does. Latency counts from when a beat was due to its ack.
 */
import type { Cue } from './cue.js'
import { signal } from './signal.js'
import { type LoadSocket, openAll, openSocket } from './socket.js'

export type BeatOrder = {
  readonly url: string
  readonly agentToken: string
  readonly agents: number
  readonly periodMs: number
  /** Before the names of the agents. */
  readonly name: string
}

export type BeatFound = {
  /** When each beat was due, ms since the epoch, and how long its ack took. */
  readonly beats: readonly { readonly dueAt: number; readonly tookMs: number }[]
  readonly unanswered: number
  readonly closed: number
}

type Beater = { socket: LoadSocket; readonly phaseMs: number; readonly due: Map<number, number> }

const lastWordsMs = 2_000

export const beatLoad = async (order: BeatOrder, cue: Cue): Promise<BeatFound> => {
  const { agents, periodMs, name } = order
  const beats: { dueAt: number; tookMs: number }[] = []
  let closed = 0
  let isOver = false
  const beaters = await openAll(agents, async (index) => {
    const welcomed = signal()
    const due = new Map<number, number>()
    let phaseMs = 0
    const socket = await openSocket(
      order.url,
      '/v1/agent',
      order.agentToken,
      (frame, agent) => {
        if (frame.type === 'error') throw new Error(JSON.stringify(frame))
        if (frame.type === 'welcome') {
          phaseMs = ((frame.heartbeatPhaseMs as number) * periodMs) / (frame.heartbeatMs as number)
          agent.send({ type: 'pull', id: 0, credits: 1 })
          welcomed.resolve()
        }
        if (frame.type !== 'ack') return
        const dueAt = due.get(frame.re as number)
        due.delete(frame.re as number)
        if (dueAt !== undefined) beats.push({ dueAt, tookMs: now() - dueAt })
      },
      () => {
        if (!isOver) closed++
      },
    )
    socket.send({ type: 'hello', id: 0, queues: ['idle'], capacity: 1, instance: `${name}${index}` })
    await welcomed.promise
    return { socket, phaseMs, due } satisfies Beater
  })
  cue.ready()
  await beatUntil(cue.stopped, beaters, periodMs)
  isOver = true
  await new Promise((resolve) => setTimeout(resolve, lastWordsMs))
  const unanswered = beaters.reduce((sum, { due }) => sum + due.size, 0)
  return { beats, unanswered, closed }
}

const now = (): number => performance.timeOrigin + performance.now()

const beatUntil = (stopped: Promise<void>, beaters: readonly Beater[], periodMs: number): Promise<void> =>
  new Promise((resolve) => {
    const byPhase = [...beaters].sort((a, b) => a.phaseMs - b.phaseMs)
    const begin = now()
    let next = 0
    const timer = setInterval(() => {
      for (;;) {
        const beater = byPhase[next % byPhase.length]
        if (beater === undefined) return
        const round = Math.floor(next / byPhase.length)
        const dueAt = begin + round * periodMs + beater.phaseMs
        if (dueAt > now()) return
        const id = round + 1
        beater.due.set(id, dueAt)
        beater.socket.send({ type: 'heartbeat', id, status: 'IDLE' })
        next++
      }
    }, 1)
    void stopped.then(() => {
      clearInterval(timer)
      resolve()
    })
  })
