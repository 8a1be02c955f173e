/** Operators on sockets of their own who approve cards, each of them once, as quickly as the node answers. */
import { type Latencies, latenciesOf } from './latencies.js'
import { signal } from './signal.js'
import { type Frame, type LoadSocket, openSocket } from './socket.js'

export type DecideOrder = {
  readonly url: string
  /** One operator each. */
  readonly tokens: readonly string[]
  readonly reviews: readonly string[]
  /** Decisions that one operator has under way. */
  readonly underWay: number
  /** Decisions before those that count. */
  readonly warmup: number
}

export type DecideFound = Latencies & {
  readonly decisions: number
  readonly perSecond: number
  /** Answered with another status, or another person's name. */
  readonly wrong: number
}

export const decideLoad = async ({ url, tokens, reviews, underWay, warmup }: DecideOrder): Promise<DecideFound> => {
  const operators = await Promise.all(tokens.map((token) => Operator.open(url, token)))
  const latencies: number[] = []
  let wrong = 0
  let startedAt = 0
  let decisions = 0
  let next = 0
  const decideNext = async (operator: Operator): Promise<void> => {
    for (let review = reviews[next++]; review !== undefined; review = reviews[next++]) {
      const sentAt = performance.now()
      const answer = await operator.ask({ type: 'decide', review, version: 1, status: 'APPROVED' })
      const at = performance.now()
      const decided = answer.card as Frame | undefined
      if (decided?.status !== 'APPROVED' || decided.operatorId !== operator.sub) wrong++
      decisions++
      if (decisions === warmup) startedAt = at
      if (decisions > warmup) latencies.push(at - sentAt)
    }
  }
  await Promise.all(operators.flatMap((operator) => Array.from({ length: underWay }, () => decideNext(operator))))
  const tookMs = performance.now() - startedAt
  for (const operator of operators) operator.close()
  const perSecond = Math.round((latencies.length * 1_000) / tookMs)
  return { ...latenciesOf(latencies), decisions, perSecond, wrong }
}

class Operator {
  sub: unknown
  readonly #asked = new Map<number, (answer: Frame) => void>()
  readonly #welcomed = signal()
  #socket: LoadSocket | undefined
  #id = 0

  static async open(url: string, token: string): Promise<Operator> {
    const operator = new Operator()
    operator.#socket = await openSocket(url, '/v1/operator', token, (frame) => operator.#received(frame))
    operator.#socket.send({ type: 'hello', id: 0 })
    await operator.#welcomed.promise
    return operator
  }

  ask(frame: Frame): Promise<Frame> {
    const id = ++this.#id
    this.#socket?.send({ ...frame, id })
    return new Promise((resolve) => this.#asked.set(id, resolve))
  }

  close(): void {
    this.#socket?.close()
  }

  #received(frame: Frame): void {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
    if (frame.type === 'welcome') {
      this.sub = frame.sub
      this.#welcomed.resolve()
    }
    if (frame.type !== 'ack') return
    this.#asked.get(frame.re as number)?.(frame)
    this.#asked.delete(frame.re as number)
  }
}
