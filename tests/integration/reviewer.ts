/**
 * An operator that decides on every card it hears of, one after the other, and survives its node: what was not
 * acknowledged it decides again.
 */
import { type Client, connect, type Frame } from './client.js'
import { type Door, tokenOf } from './world.js'

export type Decision = { readonly status: 'APPROVED' } | { readonly status: 'REJECTED'; readonly reason: string }

type Card = { readonly reviewId: string; readonly status: string; readonly output: unknown; readonly taskId: string }

const againMs = 100

export class Reviewer {
  /** Acknowledged decisions, by the card's id. */
  readonly decided = new Map<string, { readonly task: string; readonly status: string }>()
  /** Errors that a decision was answered with. */
  readonly refused: Frame[] = []
  client: Client | undefined
  readonly #door: () => Door
  readonly #judge: (output: unknown) => Decision
  #isStopped = false

  constructor(door: () => Door, judge: (output: unknown) => Decision) {
    this.#door = door
    this.#judge = judge
    void this.#stayConnected()
  }

  stop(): void {
    this.#isStopped = true
    this.client?.close()
  }

  async #stayConnected(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const client = await connect(this.#door().url, 'operator', await tokenOf({ sub: 'olga', roles: ['operator'] }))
        const waiting: Card[] = []
        client.onFrame = ({ type, card }) => {
          if (type !== 'card') return false
          waiting.push(card as Card)
          if (waiting.length === 1) void this.#workOff(client, waiting)
          return true
        }
        await client.hello()
        this.client = client
        const { cards } = await client.request('subscribe', { filter: { status: 'PENDING' }, limit: 1_000 })
        if (waiting.push(...(cards as readonly Card[])) > 0) void this.#workOff(client, waiting)
        await client.closed
      } catch {
        await new Promise((resolve) => setTimeout(resolve, againMs))
      }
    }
  }

  async #workOff(client: Client, waiting: Card[]): Promise<void> {
    // A card stays in line while it is decided on, so that only one of these is at work.
    for (let card = waiting[0]; card !== undefined; card = waiting[0]) {
      await this.#decide(client, card)
      waiting.shift()
    }
  }

  async #decide(client: Client, { reviewId: review, status, output, taskId: task }: Card): Promise<void> {
    if (status !== 'PENDING' || this.decided.has(review)) return
    const decision = this.#judge(output)
    try {
      const reply = await client.ask('decide', { review, ...decision })
      if (reply.type === 'ack') this.decided.set(review, { task, status: decision.status })
      else this.refused.push(reply)
    } catch {
      // Cut off: the next connection lists the card again, if it still waits.
    }
  }
}
