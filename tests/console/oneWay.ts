/** A line to a node on which answers can be made to get lost: what is asked arrives, and nobody hears of it. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export class OneWay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isDeaf = false

  private constructor(port: number) {
    this.#server = createServer((client) => {
      const node = connect(port, '127.0.0.1')
      for (const [from, to] of [
        [client, node],
        [node, client],
      ] as const) {
        this.#sockets.add(from)
        from.on('error', () => {})
        from.on('close', () => {
          this.#sockets.delete(from)
          to.destroy()
        })
      }
      client.on('data', (bytes) => node.write(bytes))
      node.on('data', (bytes) => this.#isDeaf || client.write(bytes))
    })
  }

  static async to(url: string): Promise<OneWay> {
    const line = new OneWay(Number(new URL(url).port))
    line.#server.listen(0, '127.0.0.1')
    await once(line.#server, 'listening')
    onTestFinished(() => {
      line.#server.close()
      line.cut()
    })
    return line
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on nothing that the node says arrives. */
  loseAnswers(): void {
    this.#isDeaf = true
  }

  /** Connections end; the next ones are whole. */
  cut(): void {
    this.#isDeaf = false
    for (const socket of this.#sockets) socket.destroy()
  }
}
