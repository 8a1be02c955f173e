/**
 * A way to a node that can be broken: forwards bytes both ways, until the connections that go through it are made deaf
 * or cut. New ones are whole again.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface BreakableWay {
  readonly url: string
  /** What the node says no longer arrives, on each connection that goes through it now. */
  deafen(): void
  /** Resets each connection that goes through it now. */
  cut(): void
  close(): Promise<void>
}

export const openBreakableWay = async (to: string): Promise<BreakableWay> => {
  const { hostname, port } = new URL(to)
  const open = new Set<Socket>()
  const fromNode = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    fromNode.add(far)
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one)
      one.pipe(other)
      one.on('error', () => {})
      one.on('close', () => {
        open.delete(one)
        fromNode.delete(one)
        other.destroy()
      })
    }
  })
  const cut = (): void => {
    for (const socket of open) socket.resetAndDestroy()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deafen: () => {
      for (const socket of fromNode) socket.unpipe().resume()
    },
    cut,
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
