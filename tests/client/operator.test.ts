import { expect, onTestFinished, test } from 'vitest'
import { type CardChange, Operator } from '../../src/client/index.js'
import { HandPlatform } from './handPlatform.js'
import { openNode } from './scriptedNode.js'
import { States } from './states.js'

async function connected() {
  const node = await openNode()
  const platform = new HandPlatform()
  const operator = new Operator({ url: node.url, token: 't', platform })
  const states = new States(operator)
  onTestFinished(() => operator.close())
  const peer = await node.welcomed()
  await states.next('open')
  return { node, platform, operator, states, peer }
}

/** What a listener was told, to be waited for. */
class Changes {
  readonly #changes: CardChange[] = []
  #wake: () => void = () => {}

  listener = (change: CardChange): void => {
    this.#changes.push(change)
    this.#wake()
  }

  async next(): Promise<CardChange> {
    for (;;) {
      const change = this.#changes.shift()
      if (change !== undefined) return change
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

const card = (reviewId: string, version = 1): object => ({ reviewId, version, status: 'PENDING' })

test('[K90] a subscription tells the list, then each change', async () => {
  const { operator, peer } = await connected()
  const changes = new Changes()
  const subscribed = operator.subscribe({ status: 'PENDING' }, changes.listener)
  const subscribe = await peer.next('subscribe')
  expect(subscribe).toMatchObject({ filter: { status: 'PENDING' } })
  peer.ack(subscribe, { cards: [card('a')], total: 1 })
  peer.send({ type: 'card', card: card('b') })
  await subscribed
  expect(await changes.next()).toEqual({ kind: 'list', cards: [card('a')], total: 1 })
  expect(await changes.next()).toEqual({ kind: 'card', card: card('b') })
})

test('[K91] a long list is read page by page, and changes meanwhile are told after it', async () => {
  const { operator, peer } = await connected()
  const changes = new Changes()
  void operator.subscribe({}, changes.listener)
  peer.ack(await peer.next('subscribe'), { cards: [card('a')], total: 2, cursor: 'c1' })
  const page = await peer.next('cards')
  expect(page).toMatchObject({ cursor: 'c1' })
  peer.send({ type: 'card', card: card('a', 2) })
  peer.ack(page, { cards: [card('b')], total: 2 })
  expect(await changes.next()).toEqual({ kind: 'list', cards: [card('a'), card('b')], total: 2 })
  expect(await changes.next()).toEqual({ kind: 'card', card: card('a', 2) })
})

test('[K92] a list ends at its limit', async () => {
  const { operator, peer } = await connected()
  const changes = new Changes()
  void operator.subscribe({}, changes.listener, { limit: 2 })
  const subscribe = await peer.next('subscribe')
  expect(subscribe.limit).toBe(2)
  peer.ack(subscribe, { cards: [card('a'), card('b')], total: 9, cursor: 'c1' })
  expect(await changes.next()).toMatchObject({ kind: 'list', cards: [card('a'), card('b')], total: 9 })
})

test('[K93] after a reconnect the list is told anew, then changes', async () => {
  const { node, operator, peer, platform, states } = await connected()
  const changes = new Changes()
  const subscribed = operator.subscribe({}, changes.listener)
  peer.ack(await peer.next('subscribe'), { cards: [card('a')], total: 1 })
  await subscribed
  await changes.next()
  peer.drop()
  platform.advance((await states.next('waiting')).delayMs)
  const next = await node.welcomed()
  next.ack(await next.next('subscribe'), { cards: [card('c')], total: 1 })
  next.send({ type: 'card', card: card('d') })
  expect(await changes.next()).toEqual({ kind: 'list', cards: [card('c')], total: 1 })
  expect(await changes.next()).toEqual({ kind: 'card', card: card('d') })
})

test('[K94] a subscription before the connection, or while it is lost, is made with the welcome, once', async () => {
  const node = await openNode()
  const operator = new Operator({ url: node.url, token: 't', platform: new HandPlatform() })
  onTestFinished(() => operator.close())
  const changes = new Changes()
  const subscribed = operator.subscribe({}, changes.listener)
  const peer = await node.welcomed()
  peer.ack(await peer.next('subscribe'), { cards: [], total: 0 })
  await subscribed
  expect(await changes.next()).toEqual({ kind: 'list', cards: [], total: 0 })
  expect(peer.left).toEqual([])
})

test('[K95] a second subscription replaces the first; one that was ended tells nothing more', async () => {
  const { operator, peer } = await connected()
  const [first, second] = [new Changes(), new Changes()]
  const replaced = expect(operator.subscribe({}, first.listener)).rejects.toMatchObject({ code: 'CLOSED' })
  await peer.next('subscribe')
  const subscribed = operator.subscribe({ queue: 'mail' }, second.listener)
  await replaced
  peer.ack(await peer.next('subscribe'), { cards: [], total: 0 })
  const end = await subscribed
  await second.next()
  end()
  peer.send({ type: 'card', card: card('x') })
  const asked = operator.card('x')
  peer.ack(await peer.next('get'), { card: card('x') })
  expect(await asked).toEqual(card('x'))
  expect(await Promise.race([second.next(), 'nothing'])).toBe('nothing')
})

test('[K96] a filter that the node refuses is told', async () => {
  const { operator, peer } = await connected()
  const subscribed = operator.subscribe({ queue: 'x' }, () => {})
  peer.refuse(await peer.next('subscribe'), 'INVALID')
  await expect(subscribed).rejects.toMatchObject({ code: 'INVALID' })
})

test('[K97] a decision says what was seen and by which words, and answers with the card', async () => {
  const { operator, peer } = await connected()
  const decided = operator.decide('a', { status: 'APPROVED', version: 3, edited: { folder: 'spam' }, reason: 'fine' })
  const decide = await peer.next('decide')
  expect(decide).toMatchObject({
    review: 'a',
    status: 'APPROVED',
    version: 3,
    edited: { folder: 'spam' },
    reason: 'fine',
  })
  peer.ack(decide, { card: card('a', 4) })
  expect(await decided).toEqual(card('a', 4))
})

test.each(['ALREADY_DECIDED', 'CLAIMED', 'CHANGED'])('[K98] %s comes with the card as it stands', async (code) => {
  const { operator, peer } = await connected()
  const decided = operator.decide('a', { status: 'REJECTED', reason: 'wrong' })
  peer.refuse(await peer.next('decide'), code, { card: card('a', 9) })
  await expect(decided).rejects.toMatchObject({ code, card: card('a', 9) })
})

test('[RV45] it claims, hands over, unmasks and decides on a list', async () => {
  const { operator, peer } = await connected()
  const asked = [
    operator.claim('a', { force: true }),
    operator.assign('a', { to: 'bob', note: 'yours' }),
    operator.assign('a'),
    operator.reveal('a'),
    operator.decideMany([{ review: 'a', version: 3 }], { status: 'REJECTED', reason: 'spam' }),
  ]
  const claim = await peer.next('claim')
  expect(claim).toMatchObject({ review: 'a', force: true })
  peer.ack(claim, { card: card('a', 4) })
  const assign = await peer.next('assign')
  expect(assign).toMatchObject({ review: 'a', to: 'bob', note: 'yours' })
  peer.ack(assign, { card: card('a', 5) })
  const release = await peer.next('assign')
  expect(release.to).toBeUndefined()
  peer.ack(release, { card: card('a', 6) })
  peer.ack(await peer.next('reveal'), { output: 'the secret', payload: 1 })
  const many = await peer.next('decideMany')
  expect(many).toMatchObject({ cards: [{ review: 'a', version: 3 }], status: 'REJECTED', reason: 'spam' })
  peer.ack(many, { decisions: [{ review: 'a', status: 'REJECTED', version: 7 }] })
  expect(await Promise.all(asked)).toEqual([
    card('a', 4),
    card('a', 5),
    card('a', 6),
    { output: 'the secret', payload: 1 },
    [{ review: 'a', status: 'REJECTED', version: 7 }],
  ])
})

test('[K99] it lists and looks at cards, tasks, agents and the audit log', async () => {
  const { operator, peer } = await connected()
  const asked = [
    operator.cards({ severity: 'high', limit: 5, cursor: 'c' }),
    operator.tasks({ status: 'FAILED' }),
    operator.task('t'),
    operator.agents({ limit: 1 }),
    operator.audit(),
    operator.cancel('t', 'stop'),
    operator.replay('t'),
    operator.stats(),
  ]
  const cards = await peer.next('cards')
  expect(cards).toMatchObject({ filter: { severity: 'high' }, limit: 5, cursor: 'c' })
  peer.ack(cards, { cards: [card('a')], total: 7, cursor: 'd' })
  peer.ack(await peer.next('tasks'), { tasks: [{ id: 't' }] })
  peer.ack(await peer.next('getTask'), { task: { id: 't' } })
  peer.ack(await peer.next('agents'), { agents: [{ id: 'x' }] })
  peer.ack(await peer.next('audit'), { entries: [{ n: 1 }], cursor: 'e' })
  peer.ack(await peer.next('cancelTask'), { status: 'CANCELLED' })
  peer.ack(await peer.next('replay'), { task: 'u' })
  peer.ack(await peer.next('stats'), { waiting: { high: 1 } })
  expect(await Promise.all<unknown>(asked)).toEqual([
    { cards: [card('a')], total: 7, cursor: 'd' },
    { tasks: [{ id: 't' }] },
    { id: 't' },
    { agents: [{ id: 'x' }] },
    { entries: [{ n: 1 }], cursor: 'e' },
    'CANCELLED',
    'u',
    { waiting: { high: 1 } },
  ])
})

test('[K102] it pauses, bans, halts and lets go on, each word with who it is about and why', async () => {
  const { operator, peer } = await connected()
  const { fleet } = operator
  const record = { version: 1, status: 'OPEN', queues: [], paused: [], banned: [] }
  const words = [
    [fleet.pause({ queue: 'mail' }, { reason: 'too many' }), { act: 'pause', queue: 'mail', reason: 'too many' }],
    [fleet.pause('tenant'), { act: 'pause' }],
    [fleet.resume({ agent: 'crawler' }), { act: 'resume', agent: 'crawler' }],
    [fleet.ban('crawler/7'), { act: 'ban', agent: 'crawler/7' }],
    [fleet.unban('crawler/7'), { act: 'unban', agent: 'crawler/7' }],
    [fleet.halt({ reason: 'stop' }), { act: 'halt', reason: 'stop' }],
  ] as const
  for (const [said, expected] of words) {
    const { type, id, ...word } = await peer.next('control')
    expect(word).toEqual(expected)
    peer.ack({ type, id }, { changed: true, fleet: record })
    expect(await said).toEqual({ changed: true, fleet: record })
  }
  const read = fleet.read()
  peer.ack(await peer.next('fleet'), { fleet: record })
  expect(await read).toEqual(record)
})

test('[K102] what a node refuses of it is told', async () => {
  const { operator, peer } = await connected()
  const halted = operator.fleet.halt()
  peer.refuse(await peer.next('control'), 'FORBIDDEN')
  await expect(halted).rejects.toMatchObject({ code: 'FORBIDDEN' })
})
