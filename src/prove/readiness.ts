/** Asks each node every now and then whether it is ready, as a load balancer does. One that doesn't answer isn't. */
import type { NodeProcess } from './nodeProcess.js'

const everyMs = 250
const answerMs = 1_000

export class Readiness {
  readonly #nodes: readonly NodeProcess[]
  readonly #ready = new Set<NodeProcess>()
  readonly #timer: NodeJS.Timeout
  readonly #asked = new Set<NodeProcess>()

  constructor(nodes: readonly NodeProcess[]) {
    this.#nodes = nodes
    this.#timer = setInterval(() => this.#ask(), everyMs)
    this.#ask()
  }

  isReady(node: NodeProcess): boolean {
    return this.#ready.has(node)
  }

  async allReady(): Promise<void> {
    while (this.#ready.size < this.#nodes.length) await new Promise((resolve) => setTimeout(resolve, everyMs))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #ask(): void {
    for (const node of this.#nodes) if (!this.#asked.has(node)) void this.#askOne(node)
  }

  async #askOne(node: NodeProcess): Promise<void> {
    this.#asked.add(node)
    try {
      const response = await fetch(`${node.url}/readyz`, { signal: AbortSignal.timeout(answerMs) })
      await response.arrayBuffer()
      if (response.ok) this.#ready.add(node)
      else this.#ready.delete(node)
    } catch {
      this.#ready.delete(node)
    }
    this.#asked.delete(node)
  }
}
