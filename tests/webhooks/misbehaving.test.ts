/** Targets at their worst, and a node that dies at the worst moment: everything arrives all the same, under one id. */
import { expect, test } from 'vitest'
import { spawnNode } from '../integration/childNode.js'
import { temporaryFolder } from '../integration/world.js'
import { call, flags, hold, hook, openWorkers } from './hookDoor.js'
import { forgedIn } from './pythonVerifier.js'
import { type Answer, type Delivered, failing, ok, openTarget, type Target } from './target.js'

const idsOf = (delivered: readonly Delivered[]): ReadonlySet<string> => new Set(delivered.map(({ id }) => id))

/** On the wire as it stands here, whatever HTTP makes of it. */
const raw =
  (text: string): Answer =>
  ({ socket }) =>
    void socket?.end(text)

/** Whether the first answer counts as one. */
const habits: Readonly<Record<string, { readonly answer: Answer; readonly isTaken: boolean }>> = {
  failing: { answer: failing, isTaken: false },
  redirecting: {
    answer: (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    isTaken: false,
  },
  hangingUp: { answer: ({ socket }) => void socket?.destroy(), isTaken: false },
  halfway: { answer: raw('HTTP/1.1 20'), isTaken: false },
  wordy: { answer: raw(`HTTP/1.1 200 OK\r\nx-words: ${'x'.repeat(1_000_000)}\r\n\r\n`), isTaken: false },
  twice: {
    answer: raw('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n'),
    isTaken: true,
  },
  cutShort: { answer: raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf'), isTaken: true },
  enormous: {
    answer: (response) => {
      response.on('error', () => {})
      response.end('x'.repeat(50_000_000))
    },
    isTaken: true,
  },
}

/** Answers each event so when it comes first, and well when it comes again. */
const atFirst =
  (target: Target, answer: Answer): Answer =>
  (response, delivered) => {
    const isFirst = target.delivered.filter(({ id }) => id === delivered.id).length === 1
    if (isFirst) answer(response, delivered)
    else ok(response, delivered)
  }

test('[WH54] a target that fails once, however it does, is told again; one that took it is not', async () => {
  const door = await spawnNode(await temporaryFolder(), flags)
  const hooks = await Promise.all(
    Object.entries(habits).map(async ([name, { answer, isTaken }]) => {
      const target = await openTarget()
      target.answer = atFirst(target, answer)
      return { name, target, isTaken, secret: await hook(door, name, target) }
    }),
  )
  const late = await openTarget()
  const lateAnswers: (() => void)[] = []
  late.answer = (response) => void lateAnswers.push(() => response.end())
  await hook(door, 'late', late)
  const workers = await openWorkers(door)
  const events = 2
  for (let n = 0; n < events; n++) await hold(workers)
  for (const { name, target, isTaken, secret } of hooks) {
    const times = isTaken ? 1 : 2
    const delivered = await target.until((all) => idsOf(all).size === events && all.length >= events * times)
    expect([name, delivered.length]).toEqual([name, events * times])
    expect(idsOf(delivered)).toEqual(new Set(delivered.map(({ headers }) => headers['webhook-id'])))
    expect(new Set(delivered.map(({ text }) => text)).size).toBe(events)
    expect(forgedIn(delivered, secret)).toEqual([])
  }
  // It held up nobody, and has its next event once it has answered.
  expect(late.delivered).toHaveLength(1)
  for (const answer of lateAnswers) answer()
  await late.until((all) => idsOf(all).size === events)
  const { body } = await call(door, 'GET', '/webhooks')
  expect((body.webhooks as readonly { readonly dead: number }[]).map(({ dead }) => dead)).toEqual(Array(9).fill(0))
}, 60_000)

test('[WH52] a node killed as soon as it was answered leaves nothing out, and tells nothing new twice', async () => {
  const data = await temporaryFolder()
  const target = await openTarget()
  const first = await spawnNode(data, flags)
  const killed = new Promise<void>((resolve) => {
    target.answer = (response) => void response.end(() => void first.kill().then(resolve))
  })
  const secret = await hook(first, 'pager', target)
  const workers = await openWorkers(first)
  await hold(workers)
  await killed
  target.answer = ok
  const [tried] = target.delivered
  const again = await spawnNode(data, flags)
  await hold(await openWorkers(again))
  const delivered = await target.until((all) => idsOf(all).size === 2)
  expect(delivered.filter(({ id }) => id !== tried?.id)).toHaveLength(1)
  expect(new Set(delivered.map(({ text }) => text)).size).toBe(2)
  expect(forgedIn(delivered, secret)).toEqual([])
}, 60_000)
