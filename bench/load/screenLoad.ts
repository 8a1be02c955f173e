/**
 * Cards for somebody who looks at a console: results that the gate holds with severity high, so that they stand on top
 * of the list, at fixed times; beside them others below. Another operator approves each a while after it came, so that
 * the next one is in sight as well; the first stays.
 */
import { signal } from './signal.js'
import { type Frame, type LoadSocket, openSocket } from './socket.js'

export type ScreenOrder = {
  readonly url: string
  readonly agentToken: string
  readonly producerToken: string
  readonly operatorToken: string
  /** After the first, which stays. */
  readonly cards: number
  readonly rate: number
  /** Others a second, below. */
  readonly otherRate: number
}

export type ScreenFound = {
  /** Ids of cards in order, and when each result was sent, ms since the epoch. */
  readonly cards: readonly { readonly review: string; readonly sentAt: number }[]
  readonly approved: number
  readonly others: number
}

/** Of a card that a person has seen. */
const lookMs = 1_000
/** Until the first is open. */
const pauseMs = 1_000

type Work = { readonly id: string; readonly lease: string; readonly payload: unknown }

const now = (): number => performance.timeOrigin + performance.now()

export const screenLoad = async (order: ScreenOrder): Promise<ScreenFound> => {
  const { url, cards: wanted, rate, otherRate } = order
  const sentAt = new Map<string, number>()
  const reviews = new Map<string, string>()
  const done = signal()
  let others = 0
  let approved = 0
  const agent = await openAgent(order, (task) => {
    if (task.payload === 'other') others++
    else sentAt.set(task.id, now())
  })
  const operator = await openOperator(order, (card, socket) => {
    if (reviews.has(card.taskId)) return
    reviews.set(card.taskId, card.reviewId)
    if (reviews.size === 1) return
    const { reviewId: review, version } = card
    const id = reviews.size
    setTimeout(() => {
      socket.send({ type: 'decide', id, review, version, status: 'APPROVED' })
      if (++approved === wanted) done.resolve()
    }, lookMs)
  })
  const producer = await openSocket(url, '/v1/producer', order.producerToken, (frame) => {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
  })
  producer.send({ type: 'hello', id: 0 })
  let id = 1
  const submit = (payload: string): void =>
    producer.send({ type: 'submit', id: id++, tasks: [{ queue: 'q', payload }] })
  submit('card')
  await new Promise((resolve) => setTimeout(resolve, pauseMs))
  const stopOthers = atRate(otherRate, Number.POSITIVE_INFINITY, () => submit('other'))
  atRate(rate, wanted, () => submit('card'))
  await done.promise
  stopOthers()
  await new Promise((resolve) => setTimeout(resolve, lookMs))
  for (const socket of [agent, operator, producer]) socket.close()
  const [, ...found] = [...sentAt].map(([task, at]) => ({ review: reviews.get(task) ?? '', sentAt: at }))
  return { cards: found, approved, others }
}

/** Calls `count` times, at fixed times. Gives what ends it before. */
const atRate = (perSecond: number, count: number, due: () => void): (() => void) => {
  const begin = performance.now()
  let called = 0
  const timer = setInterval(() => {
    while (called < count && begin + (called * 1_000) / perSecond <= performance.now()) {
      called++
      due()
    }
    if (called === count) clearInterval(timer)
  }, 1)
  return () => clearInterval(timer)
}

const openAgent = async ({ url, agentToken }: ScreenOrder, onResult: (task: Work) => void): Promise<LoadSocket> => {
  const ready = signal()
  let id = 1
  const work = (task: Work, agent: LoadSocket): void => {
    const isOther = task.payload === 'other'
    const output = isOther ? 'The answer may be wrong.' : 'The password is in the drawer.'
    const confidence = isOther ? 0.3 : 1
    onResult(task)
    agent.send({ type: 'result', id: id++, task: task.id, lease: task.lease, output, confidence, credits: 1 })
  }
  const socket = await openSocket(url, '/v1/agent', agentToken, (frame, agent) => {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
    if (frame.type === 'welcome') agent.send({ type: 'pull', id: id++, credits: 64 })
    else if (frame.type === 'task') work(frame.task as Work, agent)
    else if (frame.type === 'ack') {
      ready.resolve()
      for (const task of (frame.tasks ?? []) as Work[]) work(task, agent)
    }
  })
  socket.send({ type: 'hello', id: 0, queues: ['q'], capacity: 64 })
  await ready.promise
  return socket
}

type Card = Frame & { readonly reviewId: string; readonly taskId: string; readonly version: number }

const openOperator = async (
  { url, operatorToken }: ScreenOrder,
  onCard: (card: Card, socket: LoadSocket) => void,
): Promise<LoadSocket> => {
  const ready = signal()
  const socket = await openSocket(url, '/v1/operator', operatorToken, (frame, operator) => {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
    if (frame.type === 'welcome') operator.send({ type: 'subscribe', id: 0, filter: { severity: 'high' } })
    else if (frame.type === 'ack') ready.resolve()
    else if (frame.type === 'card' && (frame.card as Card).status === 'PENDING') onCard(frame.card as Card, operator)
  })
  socket.send({ type: 'hello', id: 0 })
  await ready.promise
  return socket
}
