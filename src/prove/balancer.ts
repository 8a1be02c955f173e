/**
 * What stands before the nodes, as a load balancer does: spreads connections over those that are ready, and lets bytes
 * through. It can also do what networks do: swallow them, both ways, while both ends take the connection for open.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export type Backend = {
  readonly port: number
  /** Where new connections may go. */
  readonly isReady: () => boolean
}

type Line = { readonly client: Socket; readonly node: Socket; isSwallowed: boolean; isUnread: boolean }

export class Balancer {
  readonly #server: Server
  readonly #backends: () => readonly Backend[]
  readonly #lines = new Set<Line>()
  #next = 0

  private constructor(backends: () => readonly Backend[]) {
    this.#backends = backends
    this.#server = createServer({ allowHalfOpen: false }, (client) => this.#accept(client))
  }

  static async listen(backends: () => readonly Backend[]): Promise<Balancer> {
    const balancer = new Balancer(backends)
    balancer.#server.listen({ host: '127.0.0.1', port: 0, backlog: 2_048 })
    await once(balancer.#server, 'listening')
    return balancer
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get connections(): number {
    return this.#lines.size
  }

  /** From now on nothing gets through on `share` of the connections that there are, and neither end is told. */
  swallow(share: number): number {
    const lines = [...this.#lines].slice(0, Math.ceil(this.#lines.size * share))
    for (const line of lines) line.isSwallowed = true
    return lines.length
  }

  /** Cuts all that there are, at once. */
  cut(): number {
    const lines = [...this.#lines]
    for (const line of lines) this.#drop(line)
    return lines.length
  }

  /** Clients read nothing more on the connections that there are: what nodes send them piles up. */
  stopReading(): void {
    for (const line of this.#lines) {
      line.isUnread = true
      line.node.pause()
    }
  }

  close(): void {
    this.#server.close()
    this.cut()
  }

  /** The next backend in turn; one that refuses is passed over. */
  #accept(client: Socket): void {
    client.on('error', () => client.destroy())
    client.setNoDelay(true)
    const ready = this.#backends().filter(({ isReady }) => isReady())
    const from = this.#next++
    this.#dial(
      client,
      ready.map((_, at) => ready[(from + at) % ready.length]?.port ?? 0),
    )
  }

  #dial(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined || client.destroyed) {
      client.destroy()
      return
    }
    const node = connect(port, '127.0.0.1')
    node.once('error', () => this.#dial(client, others))
    node.once('connect', () => {
      node.removeAllListeners('error')
      this.#join({ client, node, isSwallowed: false, isUnread: false })
    })
  }

  #join(line: Line): void {
    const { client, node } = line
    this.#lines.add(line)
    node.setNoDelay(true)
    this.#carry(line, client, node)
    this.#carry(line, node, client)
  }

  #carry(line: Line, from: Socket, to: Socket): void {
    from.on('error', () => {})
    from.on('data', (bytes) => {
      if (line.isSwallowed || to.write(bytes)) return
      from.pause()
      to.once('drain', () => line.isUnread || from.resume())
    })
    // The other end of what is swallowed is not told.
    from.on('close', () => (line.isSwallowed ? this.#lines.delete(line) : this.#drop(line)))
  }

  #drop(line: Line): void {
    this.#lines.delete(line)
    line.client.destroy()
    line.node.destroy()
  }
}
