/** Round trips over many connections to the echo: the floor of processor time, and of latency in a burst. */
import { type Latencies, latenciesOf } from './latencies.js'
import { signal } from './signal.js'
import { type LoadSocket, openAll, openSocket } from './socket.js'

export type EchoOrder = {
  readonly url: string
  readonly connections: number
  /** Messages in all, `underWay` at a time; 0: one burst, one from each connection at the same instant. */
  readonly messages: number
  readonly underWay: number
  readonly bytes: number
}

export type EchoFound = Latencies & { readonly roundTrips: number; readonly perSecond: number }

export const echoLoad = async ({ url, connections, messages, underWay, bytes }: EchoOrder): Promise<EchoFound> => {
  const body = 'e'.repeat(bytes)
  const sentAt = new Float64Array(connections)
  const latencies: number[] = []
  const done = signal()
  const total = messages === 0 ? connections : messages
  let sent = 0
  const send = (socket: LoadSocket, index: number): void => {
    sent++
    sentAt[index] = performance.now()
    socket.send({ type: 'echo', index, body })
  }
  const sockets = await openAll(connections, (index) =>
    openSocket(url, '/', 'none', (_frame, socket) => {
      latencies.push(performance.now() - (sentAt[index] ?? 0))
      if (latencies.length === total) done.resolve()
      else if (sent < total) send(socket, index)
    }),
  )
  const startedAt = performance.now()
  const first = messages === 0 ? connections : Math.min(underWay, connections)
  for (const [index, socket] of sockets.slice(0, first).entries()) send(socket, index)
  await done.promise
  const tookMs = performance.now() - startedAt
  for (const socket of sockets) socket.close()
  return { ...latenciesOf(latencies), roundTrips: total, perSecond: Math.round((total * 1_000) / tookMs) }
}
