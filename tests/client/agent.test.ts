import { expect, onTestFinished, test } from 'vitest'
import { Agent, type AgentOptions, ChimeraError, type TaskContext, TaskFailure } from '../../src/client/index.js'
import { HandPlatform } from './handPlatform.js'
import { openNode, type Peer, type Received, type ScriptedNode } from './scriptedNode.js'
import { States } from './states.js'

const now = 1_700_000_000_000

const assignment = (id: string, fields: object = {}): object => ({
  id,
  lease: `lease-${id}`,
  queue: 'mail',
  step: 1,
  steps: 1,
  attempt: 1,
  payload: { text: `text of ${id}` },
  deadline: now + 600_000,
  ...fields,
})

/** A task that a test ends when it likes. */
type Call = { readonly task: { readonly id: string }; readonly ctx: TaskContext } & PromiseWithResolversOf<unknown>
type PromiseWithResolversOf<T> = { readonly resolve: (value: T) => void; readonly reject: (error: unknown) => void }

class Calls {
  readonly #calls: Call[] = []
  #wake: () => void = () => {}
  begun = 0

  handle: AgentOptions['handle'] = (task, ctx) =>
    new Promise((resolve, reject) => {
      this.begun++
      this.#calls.push({ task, ctx, resolve: resolve as (value: unknown) => void, reject })
      this.#wake()
    })

  async next(): Promise<Call> {
    for (;;) {
      const call = this.#calls.shift()
      if (call !== undefined) return call
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

function connect(node: ScriptedNode, options: Partial<AgentOptions> = {}) {
  const platform = new HandPlatform()
  const calls = new Calls()
  const agent = new Agent({ url: node.url, token: 't', queues: ['mail'], handle: calls.handle, platform, ...options })
  const states = new States(agent)
  onTestFinished(async () => {
    const closing = agent.close({ drain: false })
    await new Promise((resolve) => setImmediate(resolve))
    // What it waits for is not answered any more.
    platform.advance(60_000)
    await closing
  })
  return { agent, platform, calls, states }
}

/** An agent that was welcomed and has asked for work. */
async function working(options: Partial<AgentOptions> = {}, welcome: object = {}) {
  const node = await openNode()
  const client = connect(node, options)
  const peer = await node.welcomed(welcome)
  const pull = await peer.next('pull')
  return { node, peer, pull, ...client }
}

const answer = { output: { folder: 'inbox' }, confidence: 0.9 }

/** Loses the connection and takes the next one's hello. */
async function reconnect(node: ScriptedNode, peer: Peer, platform: HandPlatform, states: States): Promise<Peer> {
  peer.drop()
  platform.advance((await states.next('waiting')).delayMs)
  return node.connection()
}

test('[K30] it says what it takes and asks for as much as it can do at once', async () => {
  const node = await openNode()
  const { platform } = connect(node, { queues: ['mail', 'files'], capacity: 8, instance: 'i1', meta: { v: 1 } })
  const peer = await node.connection()
  const hello = await peer.welcome()
  expect(hello).toMatchObject({ queues: ['mail', 'files'], capacity: 8, instance: 'i1', meta: { v: 1 }, holding: [] })
  expect(await peer.next('pull')).toMatchObject({ credits: 8 })
  expect(platform.now()).toBe(1_000)
})

test('[K31] agents of one process have names of their own, the same on each connection', async () => {
  const node = await openNode()
  const { platform, states } = connect(node)
  const peer = await node.connection()
  const first = await peer.welcome()
  await states.next('open')
  const again = await (await reconnect(node, peer, platform, states)).next('hello')
  connect(node)
  const other = await (await node.connection()).next('hello')
  expect(again.instance).toBe(first.instance)
  expect(again.session).toBe('s1')
  expect(other.instance).not.toBe(first.instance)
})

test('[K32] a task goes to the handler, and its answer to the node with one more credit', async () => {
  const { peer, pull, calls } = await working()
  peer.ack(pull, { tasks: [assignment('a')], credits: 0 })
  const call = await calls.next()
  expect(call.task).toMatchObject({ id: 'a', payload: { text: 'text of a' } })
  call.resolve({ ...answer, meta: { model: 'm' } })
  const result = await peer.next('result')
  expect(result).toMatchObject({ task: 'a', lease: 'lease-a', ...answer, meta: { model: 'm' }, credits: 1 })
  peer.ack(result, { status: 'COMPLETED', tasks: [assignment('b')], credits: 0 })
  expect((await calls.next()).task.id).toBe('b')
})

test('[K33] tasks come as frames, too, and one that comes twice is worked on once', async () => {
  const { peer, calls } = await working({ capacity: 4 })
  peer.send({ type: 'task', task: assignment('a') }, { type: 'task', task: assignment('a') })
  peer.send({ type: 'task', task: assignment('b') })
  expect((await calls.next()).task.id).toBe('a')
  expect((await calls.next()).task.id).toBe('b')
  expect(calls.begun).toBe(2)
})

test('[K34] a handler that throws fails the attempt with its message', async () => {
  const { peer, calls } = await working({ capacity: 2 })
  peer.send({ type: 'task', task: assignment('a') }, { type: 'task', task: assignment('b') })
  const [a, b] = [await calls.next(), await calls.next()]
  a.reject(new Error('no such mail'))
  expect(await peer.next('fail')).toMatchObject({
    task: 'a',
    error: { code: 'FAILED', message: 'no such mail' },
    credits: 1,
  })
  b.reject(new TaskFailure('never will', { code: 'BROKEN', retry: false }))
  expect(await peer.next('fail')).toMatchObject({
    task: 'b',
    error: { code: 'BROKEN', message: 'never will' },
    retry: false,
  })
})

test('[K35] an error text that the wire could not carry is made to fit', async () => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  ;(await calls.next()).reject(new Error(`\ud800${'é'.repeat(50_000)}`))
  const { error } = await peer.next('fail')
  expect(error).toMatchObject({ code: 'FAILED', message: expect.stringMatching(/^\ufffdé{5000,}$/) })
})

test.each([
  ['nothing', undefined],
  ['a text', 'done'],
])('[K36] a handler that returns %s fails the attempt for good', async (_, returned) => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  ;(await calls.next()).resolve(returned)
  expect(await peer.next('fail')).toMatchObject({ task: 'a', error: { code: 'NO_ANSWER' }, retry: false })
})

test('[K37] an answer that the wire can’t say is told as a failure', async () => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  ;(await calls.next()).resolve({ output: { at: { n: Number.NaN } }, confidence: 1 })
  expect(await peer.next('fail')).toMatchObject({
    error: { code: 'INVALID', message: expect.stringContaining('at.n') },
  })
})

test.each(['TOO_LARGE', 'INVALID'])(
  '[K38] a result refused as %s becomes a failure of the same lease',
  async (code) => {
    const { peer, calls } = await working()
    peer.send({ type: 'task', task: assignment('a') })
    ;(await calls.next()).resolve(answer)
    peer.refuse(await peer.next('result'), code)
    const fail = await peer.next('fail')
    expect(fail).toMatchObject({ lease: 'lease-a', error: { code, message: `the result was refused: no: ${code}` } })
    peer.refuse(fail, 'INVALID')
    expect(await peer.next('release')).toMatchObject({ lease: 'lease-a' })
  },
)

test('[K39] a result refused for now is sent again after its time', async () => {
  const { peer, calls, platform } = await working({}, { heartbeatMs: 60_000 })
  peer.send({ type: 'task', task: assignment('a') })
  ;(await calls.next()).resolve(answer)
  peer.refuse(await peer.next('result'), 'OVERLOADED', { retryAfterMs: 1_000 })
  await platform.elapse(1_125)
  expect(await peer.next('result')).toMatchObject({ lease: 'lease-a', ...answer })
})

test('[K40] a stale lease is dropped, and its place asked for again', async () => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  ;(await calls.next()).resolve(answer)
  peer.refuse(await peer.next('result'), 'STALE_LEASE')
  expect(await peer.next('pull')).toMatchObject({ credits: 1 })
})

test('[K41] a cancel aborts the handler; its answer goes nowhere, its place is asked for when it has ended', async () => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  const { ctx, resolve } = await calls.next()
  peer.send({ type: 'cancel', task: 'a', lease: 'lease-a', reason: 'not wanted' })
  await aborted(ctx.signal)
  expect(ctx.signal.reason).toMatchObject({ code: 'CANCELLED', message: 'not wanted' })
  expect(peer.left).toEqual([])
  resolve(answer)
  expect(await peer.next('pull')).toMatchObject({ credits: 1 })
  expect(peer.left).toEqual([])
})

test('[K42] a task and its cancel in one message: it is aborted, wherever the task stood', async () => {
  const { peer, pull, calls } = await working({ capacity: 2 })
  const cancel = { type: 'cancel', task: 'a', lease: 'lease-a', reason: 'no' }
  peer.send({ type: 'ack', re: pull.id, tasks: [assignment('a'), assignment('b')], credits: 0 }, cancel)
  const [a, b] = [await calls.next(), await calls.next()]
  expect([a.ctx.signal.aborted, b.ctx.signal.aborted]).toEqual([true, false])
})

test('[K43] the signal is aborted at the deadline, by the node’s clock', async () => {
  const { peer, calls, platform } = await working({}, { now, heartbeatMs: 60_000 })
  peer.send({ type: 'task', task: assignment('a', { deadline: now + 5_000 }) })
  const { ctx } = await calls.next()
  platform.advance(4_999)
  expect(ctx.signal.aborted).toBe(false)
  platform.advance(1)
  expect(ctx.signal.reason).toMatchObject({ code: 'DEADLINE' })
})

test('[K44] it never runs more handlers than its capacity, even while one ignores its cancel', async () => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  const first = await calls.next()
  peer.send({ type: 'cancel', task: 'a', lease: 'lease-a', reason: 'no' }, { type: 'task', task: assignment('b') })
  await aborted(first.ctx.signal)
  expect(calls.begun).toBe(1)
  first.resolve(answer)
  expect((await calls.next()).task.id).toBe('b')
})

test('[K45] progress is told while the lease lasts', async () => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  const { ctx } = await calls.next()
  ctx.progress({ percent: 40, note: 'reading' })
  expect(await peer.next('progress')).toMatchObject({ task: 'a', lease: 'lease-a', percent: 40, note: 'reading' })
})

test('[K46] a released task goes back, whatever the handler returns, and its place is asked for', async () => {
  const { peer, calls } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  const { ctx, resolve } = await calls.next()
  resolve(ctx.release())
  const release = await peer.next('release')
  expect(release).toMatchObject({ task: 'a', lease: 'lease-a' })
  peer.ack(release)
  expect(await peer.next('pull')).toMatchObject({ credits: 1 })
})

test('[K47] after a lost connection it lists what it works on and what was not acknowledged, and goes on', async () => {
  const { node, peer, calls, platform, states } = await working({ capacity: 2 })
  peer.send({ type: 'task', task: assignment('a') }, { type: 'task', task: assignment('b') })
  const [a, b] = [await calls.next(), await calls.next()]
  a.resolve(answer)
  await peer.next('result')
  const next = await reconnect(node, peer, platform, states)
  const hello = await next.welcome({ resumed: ['lease-a', 'lease-b'], lost: [] })
  expect(hello).toMatchObject({ session: 's1' })
  expect(hello.holding).toHaveLength(2)
  expect(hello.holding).toEqual(
    expect.arrayContaining([
      { task: 'a', lease: 'lease-a' },
      { task: 'b', lease: 'lease-b' },
    ]),
  )
  expect(await next.next('result')).toMatchObject({ lease: 'lease-a', ...answer })
  expect(await next.next('pull')).toMatchObject({ credits: 2 })
  b.resolve(answer)
  expect(await next.next('result')).toMatchObject({ lease: 'lease-b' })
  expect(calls.begun).toBe(2)
})

test('[K48] a result whose acknowledgement was lost is sent again, and told `duplicate` it is done', async () => {
  const { node, peer, calls, platform, states, agent } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  ;(await calls.next()).resolve(answer)
  await peer.next('result')
  const next = await reconnect(node, peer, platform, states)
  await next.welcome({ resumed: [], lost: ['lease-a'] })
  next.ack(await next.next('result'), { status: 'COMPLETED', duplicate: true })
  await agent.close()
  expect(next.left.filter(({ type }) => type === 'result')).toEqual([])
})

test('[K49] what ended while it was away is aborted; what is in neither list goes on', async () => {
  const { node, peer, calls, platform, states } = await working({ capacity: 3 })
  for (const id of ['a', 'b', 'c']) peer.send({ type: 'task', task: assignment(id) })
  const [a, b, c] = [await calls.next(), await calls.next(), await calls.next()]
  const next = await reconnect(node, peer, platform, states)
  await next.welcome({ resumed: ['lease-a'], lost: ['lease-b'] })
  await aborted(b.ctx.signal)
  expect(b.ctx.signal.reason).toMatchObject({ code: 'LEASE_LOST' })
  expect([a.ctx.signal.aborted, c.ctx.signal.aborted]).toEqual([false, false])
  next.send({ type: 'cancel', task: 'c', lease: 'lease-c', reason: 'was lost' })
  await aborted(c.ctx.signal)
})

test('[K50] while a node drains, work goes on over the old connection, and leases go along', async () => {
  const { node, peer, calls, platform, states } = await working({ capacity: 2 })
  peer.send({ type: 'task', task: assignment('a') }, { type: 'drain', reason: 'restart', reconnectMs: 1_000 })
  const a = await calls.next()
  platform.advance(1_000)
  const next = await node.connection()
  const hello = await next.next('hello')
  expect(hello.holding).toEqual([{ task: 'a', lease: 'lease-a' }])
  // Too late for the list: the node ends it when the new connection takes over.
  peer.send({ type: 'task', task: assignment('late') })
  const late = await calls.next()
  await states.next('open')
  next.send(welcomeTo(hello, { resumed: ['lease-a'], lost: [] }))
  await aborted(late.ctx.signal)
  expect(a.ctx.signal.aborted).toBe(false)
  a.resolve(answer)
  expect(await next.next('result')).toMatchObject({ lease: 'lease-a' })
})

test('[K51] a result under way when the connection changes is sent again on the new one, once', async () => {
  const { node, peer, calls, platform } = await working()
  peer.send({ type: 'task', task: assignment('a') }, { type: 'drain', reason: 'restart', reconnectMs: 1_000 })
  const a = await calls.next()
  platform.advance(1_000)
  const next = await node.connection()
  const hello = await next.next('hello')
  a.resolve(answer)
  await peer.next('result')
  next.send(welcomeTo(hello, { resumed: ['lease-a'] }))
  next.ack(await next.next('result'), { status: 'COMPLETED' })
  await peer.closed
  expect(next.left.filter(({ type }) => type === 'result')).toEqual([])
})

test('[K52] results that the ledger may have lost are sent again when its generation changes', async () => {
  const memory = { generation: 'g1', durability: 'memory', windowMs: 2_000 }
  const { peer, calls, platform } = await working({ capacity: 3 }, { ledger: memory, heartbeatMs: 60_000 })
  peer.send({ type: 'task', task: assignment('old') }, { type: 'task', task: assignment('new') })
  const [old, recent] = [await calls.next(), await calls.next()]
  old.resolve(answer)
  peer.ack(await peer.next('result'), { status: 'COMPLETED' })
  peer.send({ type: 'task', task: assignment('behind the ack') })
  await calls.next()
  platform.advance(2_001)
  recent.resolve(answer)
  peer.ack(await peer.next('result'), { status: 'COMPLETED' })
  peer.send({ ...memory, type: 'ledger', generation: 'g2' })
  expect(await peer.next('result')).toMatchObject({ lease: 'lease-new', ...answer })
  expect(peer.left).toEqual([])
})

test('[K53] a close lets handlers finish, releases what was not begun, and waits until the node knows', async () => {
  const { peer, calls, agent } = await working()
  peer.send({ type: 'task', task: assignment('a') }, { type: 'task', task: assignment('b') })
  const a = await calls.next()
  const closing = agent.close()
  const release = await peer.next('release')
  expect(release).toMatchObject({ lease: 'lease-b' })
  peer.ack(release)
  peer.send({ type: 'task', task: assignment('c') })
  const second = await peer.next('release')
  expect(second).toMatchObject({ lease: 'lease-c' })
  peer.ack(second)
  a.resolve(answer)
  const result = await peer.next('result')
  expect(result).not.toHaveProperty('credits')
  expect(a.ctx.signal.aborted).toBe(false)
  peer.ack(result, { status: 'COMPLETED' })
  await closing
  expect(await peer.closed).toBe(1000)
  expect(peer.left).toEqual([])
})

test('[K54] a close without drain aborts handlers and gives their tasks back', async () => {
  const { peer, calls, agent } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  const { ctx } = await calls.next()
  const closing = agent.close({ drain: false })
  peer.ack(await peer.next('release'))
  await closing
  expect(ctx.signal.reason).toMatchObject({ code: 'CLOSED' })
})

test('[K55] replaced by another process, it stops its work and tells', async () => {
  const { peer, calls, states } = await working()
  peer.send({ type: 'task', task: assignment('a') })
  const { ctx } = await calls.next()
  peer.close(4001)
  expect((await states.next('closed')).because).toBeInstanceOf(ChimeraError)
  expect(ctx.signal.reason).toMatchObject({ code: 'LEASE_LOST' })
})

test('[K56] a heartbeat says whether it has room', async () => {
  const { peer, calls, platform } = await working({ capacity: 2 }, { now, heartbeatMs: 1_000, heartbeatPhaseMs: 500 })
  await platform.elapse(500)
  peer.ack(await peer.next('heartbeat'))
  for (const status of ['ACTIVE', 'BUSY']) {
    peer.send({ type: 'task', task: assignment(status) })
    await calls.next()
    await platform.elapse(1_000)
    const heartbeat = await peer.next('heartbeat')
    expect(heartbeat.status).toBe(status)
    peer.ack(heartbeat)
  }
})

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

const welcomeTo = (hello: Received, fields: object): object => ({
  type: 'welcome',
  re: hello.id,
  node: 'n2',
  now,
  session: 's2',
  heartbeatMs: 5_000,
  heartbeatPhaseMs: 0,
  limits: { messageBytes: 1_048_576 },
  ledger: { generation: 'g1', durability: 'fsync', windowMs: 0 },
  ...fields,
})
