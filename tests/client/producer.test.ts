import { expect, onTestFinished, test } from 'vitest'
import { type NewTask, type Outcome, PartlyRefused, Producer, type ProducerOptions } from '../../src/client/index.js'
import { HandPlatform } from './handPlatform.js'
import { openNode, type Peer, type Received, type ScriptedNode } from './scriptedNode.js'
import { States } from './states.js'

function connect(node: ScriptedNode, options: Partial<ProducerOptions> = {}) {
  const platform = new HandPlatform()
  const producer = new Producer({ url: node.url, token: 't', subscriber: 'app', platform, ...options })
  const states = new States(producer)
  onTestFinished(() => void producer.close())
  return { producer, platform, states }
}

async function connected(options: Partial<ProducerOptions> = {}, welcome: object = {}) {
  const node = await openNode()
  const client = connect(node, options)
  const peer = await node.connection()
  const hello = await peer.welcome({ heartbeatMs: 600_000, heartbeatPhaseMs: 0, ...welcome })
  await client.states.next('open')
  return { node, peer, hello, ...client }
}

const mail: NewTask = { queue: 'mail', payload: { text: 'hello' } }

const tasksOf = (submit: Received): readonly NewTask[] => submit.tasks as NewTask[]

/** Accepts all of it, with ids made of the payloads. */
function accept(peer: Peer, submit: Received, fields: object = {}): void {
  peer.ack(submit, { tasks: tasksOf(submit).map(({ payload }) => ({ id: idOf(payload), ...fields })) })
}

const idOf = (payload: unknown): string => (typeof payload === 'string' ? payload : 'task-1')

const outcome = (seq: number, task: string, fields: object = {}): object => ({
  type: 'outcome',
  seq,
  task,
  status: 'COMPLETED',
  final: true,
  step: 1,
  output: { is: 'done' },
  at: 1_700_000_000_500,
  ...fields,
})

async function reconnect(node: ScriptedNode, peer: Peer, platform: HandPlatform, states: States): Promise<Peer> {
  peer.drop()
  platform.advance((await states.next('waiting')).delayMs)
  const next = await node.welcomed({ heartbeatMs: 600_000, heartbeatPhaseMs: 0 })
  await states.next('open')
  return next
}

test('[K60] it says under what name it listens', async () => {
  const { hello } = await connected({ subscriber: 'orders' })
  expect(hello.subscriber).toBe('orders')
})

test('[K61] a task is submitted with a key of its own, and its handle has the id', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit({ ...mail, priority: 'high', ttlMs: 60_000 })
  const submit = await peer.next('submit')
  expect(tasksOf(submit)).toEqual([
    { ...mail, priority: 'high', ttlMs: 60_000, key: expect.stringMatching(/^.{16,}$/) },
  ])
  peer.ack(submit, { tasks: [{ id: 'task-1', existing: true }] })
  expect(await submitted).toMatchObject({ id: 'task-1', existing: true })
})

test('[K62] tasks of one turn go in one frame, each with another key, and those given keep theirs', async () => {
  const { producer, peer } = await connected()
  const several = producer.submit([mail, { ...mail, key: 'mine' }])
  const one = producer.submit({ steps: ['read', 'file'], payload: null })
  const submit = await peer.next('submit')
  accept(peer, submit)
  expect(await several).toHaveLength(2)
  expect(await one).toMatchObject({ id: 'task-1', existing: false })
  const keys = tasksOf(submit).map(({ key }) => key)
  expect(new Set(keys).size).toBe(3)
  expect(keys[1]).toBe('mine')
})

test('[K63] a batch is split where the node’s limits say so', async () => {
  const limits = { messageBytes: 4_000, tasksPerSubmit: 3 }
  const { producer, peer } = await connected({}, { limits })
  const many = producer.submit(['a', 'b', 'c', 'd'].map((payload) => ({ queue: 'mail', payload })))
  const large = producer.submit([1, 2, 3].map((n) => ({ queue: 'mail', payload: `${n}`.repeat(1_500) })))
  const sizes: number[] = []
  for (let left = 7; left > 0; ) {
    const submit = await peer.next('submit')
    sizes.push(tasksOf(submit).length)
    left -= tasksOf(submit).length
    accept(peer, submit)
  }
  expect((await many).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd'])
  expect(await large).toHaveLength(3)
  expect(sizes).toEqual([3, 3, 1])
})

test('[K64] what was not acknowledged is sent again, with the same key, on the next connection', async () => {
  const { node, producer, peer, platform, states } = await connected()
  const submitted = producer.submit(mail)
  const first = await peer.next('submit')
  const next = await reconnect(node, peer, platform, states)
  const second = await next.next('submit')
  expect(tasksOf(second)).toEqual(tasksOf(first))
  accept(next, second, { existing: true })
  expect(await submitted).toMatchObject({ id: 'task-1' })
})

test('[K65] what is submitted while there is no connection leaves with the next one', async () => {
  const node = await openNode()
  const { producer } = connect(node)
  const submitted = producer.submit(mail)
  const peer = await node.welcomed()
  accept(peer, await peer.next('submit'))
  expect(await submitted).toMatchObject({ id: 'task-1' })
})

test('[K66] a payload may be changed once it was handed over', async () => {
  const { producer, peer } = await connected()
  const payload = { text: 'before' }
  const submitted = producer.submit({ queue: 'mail', payload })
  payload.text = 'after'
  const submit = await peer.next('submit')
  expect(tasksOf(submit)[0]?.payload).toEqual({ text: 'before' })
  accept(peer, submit)
  await submitted
})

test('[K67] one task that is refused doesn’t keep the others', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit([mail, { ...mail, key: 'twice' }])
  const error = { code: 'CONFLICT', message: 'key: known with another payload' }
  peer.ack(await peer.next('submit'), { tasks: [{ id: 'task-1' }, { error }] })
  const refused = await submitted.catch((reason: unknown) => reason)
  expect(refused).toBeInstanceOf(PartlyRefused)
  expect(refused).toMatchObject({ code: 'CONFLICT', message: 'tasks[1]: key: known with another payload' })
  expect((refused as PartlyRefused).submitted).toMatchObject([{ id: 'task-1' }, error])
})

test('[K68] what can’t be said, or is larger than a message, is refused on this side', async () => {
  const { producer } = await connected({}, { limits: { messageBytes: 1_000, tasksPerSubmit: 256 } })
  await expect(producer.submit({ queue: 'q', payload: () => 1 })).rejects.toMatchObject({ code: 'INVALID' })
  await expect(producer.submit({ queue: 'q', payload: 'x'.repeat(2_000) })).rejects.toMatchObject({ code: 'TOO_LARGE' })
})

test('[K69] refused for now, the whole frame or one item, it is sent again after its time', async () => {
  const { producer, peer, platform } = await connected()
  const submitted = producer.submit([
    { queue: 'q', payload: 'a' },
    { queue: 'q', payload: 'b' },
  ])
  peer.refuse(await peer.next('submit'), 'RATE_LIMITED', { retryAfterMs: 1_000 })
  await platform.elapse(1_125)
  const second = await peer.next('submit')
  peer.ack(second, { tasks: [{ id: 'a' }, { error: { code: 'OVERLOADED', message: 'full' } }] })
  await platform.elapse(250)
  const third = await peer.next('submit')
  expect(tasksOf(third)).toMatchObject([{ payload: 'b' }])
  accept(peer, third)
  expect(await submitted).toMatchObject([{ id: 'a' }, { id: 'b' }])
})

test('[K70] a node that never has room is told in the end, and the waiting can be given up', async () => {
  const { producer, peer, platform } = await connected()
  platform.chance = 0
  const submitted = expect(producer.submit(mail)).rejects.toMatchObject({ code: 'OVERLOADED' })
  for (let i = 0; i <= 24; i++) peer.refuse(await peer.next('submit'), 'OVERLOADED')
  await submitted
  const stop = new AbortController()
  const given = producer.submit(mail, { signal: stop.signal })
  await peer.next('submit')
  stop.abort(new Error('enough'))
  await expect(given).rejects.toThrow('enough')
})

test('[K71] a handle learns the outcome, asked before or after it came', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit([
    { queue: 'q', payload: 'a' },
    { queue: 'q', payload: 'b' },
  ])
  accept(peer, await peer.next('submit'))
  const [a, b] = await submitted
  const asked = a?.outcome()
  peer.send(outcome(1, 'b', { status: 'FAILED', error: { code: 'X', message: 'm' } }), outcome(2, 'a'))
  expect(await asked).toMatchObject({ status: 'COMPLETED', output: { is: 'done' } })
  expect(await b?.outcome()).toMatchObject({ status: 'FAILED', error: { code: 'X' } })
  await peer.next('seen')
  expect(peer.left.filter(({ type }) => type === 'get')).toEqual([])
})

test('[K83] an outcome right behind the acknowledgement of its task is not missed', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit(mail)
  const { id } = await peer.next('submit')
  peer.send({ type: 'ack', re: id, tasks: [{ id: 'task-1' }] }, outcome(1, 'task-1'))
  expect(await (await submitted).outcome()).toMatchObject({ status: 'COMPLETED' })
})

test('[K72] an outcome that isn’t final is told to listeners, and the handle waits on', async () => {
  const { producer, peer } = await connected()
  const told: Outcome['status'][] = []
  producer.onOutcome(({ status }) => void told.push(status))
  const submitted = producer.submit(mail)
  accept(peer, await peer.next('submit'))
  const end = (await submitted).outcome()
  const approval = { reviewId: 'r', operatorId: 'o', decidedAt: 1, edited: false }
  peer.send(outcome(1, 'task-1', { status: 'NEEDS_REVIEW', final: false, output: undefined }))
  peer.send(outcome(2, 'task-1', { status: 'APPROVED', approval }))
  expect(await end).toMatchObject({ status: 'APPROVED', approval })
  while ((await peer.next('seen')).seq !== 2);
  expect(told).toEqual(['NEEDS_REVIEW', 'APPROVED'])
})

test('[K73] an outcome counts as seen when its listeners are done, in order of the count', async () => {
  const { producer, peer } = await connected()
  const finish = new Map<string, () => void>()
  const { all, told } = untilTold(2)
  producer.onOutcome(({ task }) => {
    told()
    return new Promise<void>((resolve) => finish.set(task, resolve))
  })
  peer.send(outcome(1, 'a'), outcome(2, 'b'))
  await all
  finish.get('b')?.()
  const asked = producer.get('a')
  peer.ack(await peer.next('get'), { task: {} })
  await asked
  expect(peer.left).toEqual([])
  finish.get('a')?.()
  expect(await peer.next('seen')).toMatchObject({ seq: 2 })
})

test('[K74] outcomes of one task are told one after the other', async () => {
  const { producer, peer } = await connected()
  const log: string[] = []
  producer.onOutcome(async ({ status }) => {
    log.push(`begin ${status}`)
    await new Promise((resolve) => setImmediate(resolve))
    log.push(`end ${status}`)
  })
  peer.send(outcome(1, 'a', { status: 'NEEDS_REVIEW', final: false }), outcome(2, 'a', { status: 'REJECTED' }))
  while ((await peer.next('seen')).seq !== 2);
  expect(log).toEqual(['begin NEEDS_REVIEW', 'end NEEDS_REVIEW', 'begin REJECTED', 'end REJECTED'])
})

test('[K75] outcomes dealt with after their connection was lost are not told as seen on the next', async () => {
  const { node, producer, peer, platform, states } = await connected()
  let finish = () => {}
  const { all, told } = untilTold(1)
  producer.onOutcome(
    () =>
      new Promise<void>((resolve) => {
        finish = resolve
        told()
      }),
  )
  peer.send(outcome(1, 'a'))
  await all
  const next = await reconnect(node, peer, platform, states)
  finish()
  const asked = producer.get('a')
  next.ack(await next.next('get'), { task: {} })
  await asked
  expect(next.left).toEqual([])
})

test('[G1 K84] outcomes that were dealt with count as seen on the next connection, and are not told again', async () => {
  const { node, producer, peer, platform, states } = await connected()
  const log: string[] = []
  const finish = new Map<string, () => void>()
  const { all, told } = untilTold(2)
  producer.onOutcome(({ task }) => {
    log.push(task)
    told()
    // The second one is still dealt with when the connection goes.
    return task === 'b' ? new Promise<void>((resolve) => finish.set(task, resolve)) : undefined
  })
  peer.send(outcome(1, 'a'), outcome(2, 'b'))
  await all
  const next = await reconnect(node, peer, platform, states)
  finish.get('b')?.()
  next.send(outcome(1, 'b'), outcome(2, 'a'), outcome(3, 'c'))
  while ((await next.next('seen')).seq !== 3);
  expect(log).toEqual(['a', 'b', 'c'])
})

test('[K76] for a task that the node knew already the record is read: it may have ended long ago', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit(mail)
  accept(peer, await peer.next('submit'), { existing: true })
  const end = (await submitted).outcome()
  const get = await peer.next('get')
  peer.ack(get, { task: { id: 'task-1', status: 'COMPLETED', final: true, step: 1, updatedAt: 7, output: [1, 2] } })
  expect(await end).toEqual({ task: 'task-1', status: 'COMPLETED', step: 1, at: 7, output: [1, 2] })
})

test('[K77] after a gap the records of tasks that somebody still cares for are read', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit(mail)
  accept(peer, await peer.next('submit'))
  const handle = await submitted
  const end = handle.outcome()
  peer.send({ type: 'gap', since: 1, until: 2 })
  const get = await peer.next('get')
  expect(get.task).toBe('task-1')
  peer.ack(get, { task: { id: 'task-1', status: 'CANCELLED', final: true, step: 1, updatedAt: 7 } })
  expect(await end).toMatchObject({ status: 'CANCELLED' })
})

test('[K78] without a subscriber the records are looked at every 2 s while somebody waits', async () => {
  const { producer, peer, platform } = await connected({ subscriber: undefined } as object)
  const submitted = producer.submit(mail)
  accept(peer, await peer.next('submit'))
  const end = (await submitted).outcome()
  await platform.elapse(2_000)
  peer.ack(await peer.next('get'), { task: { id: 'task-1', status: 'RUNNING', final: false } })
  await platform.elapse(2_000)
  peer.ack(await peer.next('get'), { task: { id: 'task-1', status: 'FAILED', final: true, step: 1, updatedAt: 7 } })
  expect(await end).toMatchObject({ status: 'FAILED' })
})

test('[K79] a task can be looked at, cancelled and replayed', async () => {
  const { producer, peer } = await connected()
  const cancelled = producer.cancel('a', 'no need')
  const cancel = await peer.next('cancel')
  expect(cancel).toMatchObject({ task: 'a', reason: 'no need' })
  peer.ack(cancel, { status: 'CANCELLED' })
  expect(await cancelled).toBe('CANCELLED')
  const replayed = producer.replay('a')
  peer.ack(await peer.next('replay'), { task: 'b' })
  expect((await replayed).id).toBe('b')
  const listed = producer.tasks({ status: 'FAILED', limit: 10 })
  const list = await peer.next('tasks')
  expect(list).toMatchObject({ status: 'FAILED', limit: 10 })
  peer.ack(list, { tasks: [{ id: 'c' }], cursor: 'next' })
  expect(await listed).toEqual({ tasks: [{ id: 'c' }], cursor: 'next' })
  const unknown = producer.get('z')
  peer.refuse(await peer.next('get'), 'NOT_FOUND')
  await expect(unknown).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('[K80] submissions that the ledger may have lost are sent again when its generation changes', async () => {
  const memory = { generation: 'g1', durability: 'memory', windowMs: 2_000 }
  const { producer, peer, platform } = await connected({}, { ledger: memory })
  const old = producer.submit({ queue: 'q', payload: 'old' })
  accept(peer, await peer.next('submit'))
  await old
  platform.advance(2_001)
  const recent = producer.submit({ queue: 'q', payload: 'recent' })
  const first = await peer.next('submit')
  accept(peer, first)
  await recent
  peer.send({ ...memory, type: 'ledger', generation: 'g2' })
  expect(tasksOf(await peer.next('submit'))).toEqual(tasksOf(first))
})

test('[K81] a close waits for submissions and listeners; who still waits for an outcome is told', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit(mail)
  const submit = await peer.next('submit')
  const closing = producer.close()
  await expect(producer.submit(mail)).rejects.toMatchObject({ code: 'CLOSED' })
  accept(peer, submit)
  const handle = await submitted
  await closing
  expect(await peer.closed).toBe(1000)
  await expect(handle.outcome()).rejects.toMatchObject({ code: 'CLOSED' })
})

test('[K85] a close that is called off ends with what is open, whether a node is in reach or not', async () => {
  const node = await openNode()
  const { producer } = connect(node)
  const submitted = producer.submit(mail)
  const calledOff = new AbortController()
  const closing = producer.close({ signal: calledOff.signal })
  calledOff.abort()
  await closing
  await expect(submitted).rejects.toMatchObject({ code: 'CLOSED' })
  expect(producer.state.kind).toBe('closed')
  const { producer: other } = connect(node)
  await other.close({ signal: AbortSignal.abort() })
  expect(other.state.kind).toBe('closed')
})

test('[K82] refused for good, everything that waits is told why', async () => {
  const { producer, peer } = await connected()
  const submitted = producer.submit(mail)
  await peer.next('submit')
  peer.close(4001)
  await expect(submitted).rejects.toMatchObject({ code: 'REPLACED' })
  await expect(producer.submit(mail)).rejects.toMatchObject({ code: 'REPLACED' })
})

/** Settles when `told` was called so often. */
function untilTold(times: number): { readonly all: Promise<void>; readonly told: () => void } {
  let left = times
  let settle = () => {}
  const all = new Promise<void>((resolve) => {
    settle = resolve
  })
  return { all, told: () => --left === 0 && settle() }
}
