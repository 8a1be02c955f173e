/**
 * Tasks of two steps, due at fixed times: the first result is held, an operator at one node approves it as soon as the
 * card is there, and an agent at another node gets the second step.
 */
import { type Latencies, latenciesOf } from './latencies.js'
import { signal } from './signal.js'
import { type Frame, type LoadSocket, openAll, openSocket } from './socket.js'

export type ReviewOrder = {
  /** Of the node with the operator; agents and producer are at `workUrl`. */
  readonly consoleUrl: string
  readonly workUrl: string
  readonly agentToken: string
  readonly producerToken: string
  readonly operatorToken: string
  /** Enough that one always waits. */
  readonly agents: number
  readonly tasks: number
  readonly warmup: number
  readonly rate: number
}

export type ReviewFound = {
  /** From the held result, as it left the agent, to its card at the console. */
  readonly card: Latencies
  /** From the decision, as it left the console, to the next step's task at the agent; and to its `ack`. */
  readonly resumed: Latencies
  readonly acknowledged: Latencies
  readonly cards: number
  readonly resumptions: number
  readonly completed: number
  /** Decisions that the node wanted again later, as too many were under way. */
  readonly putOff: number
  /** Of any of the three for one task. */
  readonly doubled: number
}

/** A span from one event of a task to another, each of which comes once. */
class Spans {
  readonly #beganAt = new Map<string, number>()
  readonly times: number[] = []
  doubled = 0

  begin(task: string): void {
    this.#beganAt.set(task, performance.now())
  }

  end(task: string): boolean {
    const beganAt = this.#beganAt.get(task)
    if (beganAt === undefined) this.doubled++
    else this.times.push(performance.now() - beganAt)
    return this.#beganAt.delete(task)
  }
}

type AllSpans = {
  readonly cards: Spans
  readonly resumed: Spans
  readonly acknowledged: Spans
  /** Decisions that the node wanted again later. */
  putOff: number
}

const steps = ['draft', 'final']
const withinMs = 30_000

export const reviewLoad = async (order: ReviewOrder): Promise<ReviewFound> => {
  const total = order.warmup + order.tasks
  const spans: AllSpans = { cards: new Spans(), resumed: new Spans(), acknowledged: new Spans(), putOff: 0 }
  const { cards, resumed, acknowledged } = spans
  const completed = new Set<string>()
  let completedTwice = 0
  const done = signal()
  const welcomed = signal()
  const operator = await openOperator(order, spans)
  const agents = await openAll(order.agents, (index) => openAgent(order, index, spans))
  const producer = await openSocket(order.workUrl, '/v1/producer', order.producerToken, (frame, socket) => {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
    if (frame.type === 'welcome') welcomed.resolve()
    if (frame.type !== 'outcome') return
    socket.send({ type: 'seen', seq: frame.seq })
    if (frame.status !== 'COMPLETED') return
    if (completed.has(frame.task as string)) completedTwice++
    completed.add(frame.task as string)
    if (completed.size === total) done.resolve()
  })
  producer.send({ type: 'hello', id: 0, subscriber: 'bench' })
  await welcomed.promise
  submitAtRate(order, producer, total)
  const late = new Promise((resolve) => setTimeout(resolve, (total * 1_000) / order.rate + withinMs))
  await Promise.race([done.promise, late])
  // What comes twice comes soon.
  await new Promise((resolve) => setTimeout(resolve, 200))
  for (const socket of [operator, producer, ...agents]) socket.close()
  const counted = ({ times }: Spans): Latencies => latenciesOf(times.slice(order.warmup))
  return {
    card: counted(cards),
    resumed: counted(resumed),
    acknowledged: counted(acknowledged),
    cards: cards.times.length,
    resumptions: resumed.times.length,
    completed: completed.size,
    putOff: spans.putOff,
    doubled: cards.doubled + resumed.doubled + completedTwice,
  }
}

const submitAtRate = ({ rate }: ReviewOrder, producer: LoadSocket, total: number): void => {
  const begin = performance.now()
  let submitted = 0
  const timer = setInterval(() => {
    while (submitted < total && begin + (submitted * 1_000) / rate <= performance.now()) {
      const id = ++submitted
      producer.send({ type: 'submit', id, tasks: [{ steps, payload: 'p'.repeat(256), key: `r${id}` }] })
    }
    if (submitted === total) clearInterval(timer)
  }, 1)
}

const openOperator = async ({ consoleUrl, operatorToken }: ReviewOrder, spans: AllSpans): Promise<LoadSocket> => {
  const { cards, resumed, acknowledged } = spans
  const subscribed = signal()
  const decisions = new Map<number, { readonly task: string; readonly frame: Frame }>()
  let id = 1
  const decide = (frame: Frame, task: string, operator: LoadSocket): void => {
    decisions.set(id, { task, frame })
    operator.send({ ...frame, id: id++ })
  }
  const socket = await openSocket(consoleUrl, '/v1/operator', operatorToken, (frame, operator) => {
    if (frame.type === 'error') {
      const refused = decisions.get(frame.re as number)
      if (frame.code !== 'OVERLOADED' || refused === undefined) throw new Error(JSON.stringify(frame))
      // A session has so many requests open at most: the wait counts as the decision's.
      spans.putOff++
      setTimeout(() => decide(refused.frame, refused.task, operator), frame.retryAfterMs as number)
    } else if (frame.type === 'welcome') operator.send({ type: 'subscribe', id: id++, filter: { status: 'PENDING' } })
    else if (frame.type === 'card') {
      const card = frame.card as Frame & { reviewId: string; taskId: string; version: number }
      // A card that was decided is told, too.
      if (card.status !== 'PENDING' || !cards.end(card.taskId)) return
      resumed.begin(card.taskId)
      acknowledged.begin(card.taskId)
      const { reviewId: review, version } = card
      decide({ type: 'decide', review, version, status: 'APPROVED' }, card.taskId, operator)
    } else if (frame.type === 'ack') {
      const decision = decisions.get(frame.re as number)
      if (decision === undefined) subscribed.resolve()
      else acknowledged.end(decision.task)
    }
  })
  socket.send({ type: 'hello', id: 0 })
  await subscribed.promise
  return socket
}

const openAgent = async (
  { workUrl, agentToken }: ReviewOrder,
  index: number,
  { cards, resumed }: AllSpans,
): Promise<LoadSocket> => {
  const ready = signal()
  const output = 'o'.repeat(256)
  let id = 1
  const work = (task: { id: string; lease: string; step: number }, agent: LoadSocket): void => {
    const isHeld = task.step === 1
    if (isHeld) cards.begin(task.id)
    else resumed.end(task.id)
    const confidence = isHeld ? 0.3 : 1
    agent.send({ type: 'result', id: id++, task: task.id, lease: task.lease, output, confidence, credits: 1 })
  }
  const socket = await openSocket(workUrl, '/v1/agent', agentToken, (frame, agent) => {
    if (frame.type === 'error') throw new Error(JSON.stringify(frame))
    if (frame.type === 'welcome') agent.send({ type: 'pull', id: id++, credits: 1 })
    else if (frame.type === 'task') work(frame.task as Parameters<typeof work>[0], agent)
    else if (frame.type === 'ack') {
      ready.resolve()
      for (const task of (frame.tasks ?? []) as Parameters<typeof work>[0][]) work(task, agent)
    }
  })
  socket.send({ type: 'hello', id: 0, queues: steps, capacity: 1, instance: `a${index}` })
  await ready.promise
  return socket
}
