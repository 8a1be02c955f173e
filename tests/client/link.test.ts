import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { TokenSource } from '../../src/client/index.js'
import { Operator } from '../../src/client/index.js'
import { HandPlatform } from './handPlatform.js'
import { openNode, type ScriptedNode } from './scriptedNode.js'
import { States } from './states.js'

/** An operator is the plainest client: it says nothing by itself. */
function connect(node: ScriptedNode, token: TokenSource = 'secret') {
  const platform = new HandPlatform()
  const operator = new Operator({ url: node.url, token, platform })
  onTestFinished(() => operator.close())
  return { platform, operator, states: new States(operator) }
}

/** A token that says nothing but when it expires. */
const tokenUntil = (exp: number): string => `head.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.sign`

test('[K1] it offers the subprotocol and the token, says hello, and is open once welcomed', async () => {
  const node = await openNode()
  const { states } = connect(node)
  const peer = await node.welcomed({ node: 'n7' })
  expect(await states.next('open')).toEqual({ kind: 'open', node: 'n7' })
  expect(peer.request.url).toBe('/v1/operator')
  expect(peer.request.headers['sec-websocket-protocol']).toBe('chimera.v1')
  expect(peer.request.headers.authorization).toBe('Bearer secret')
})

test('[K2] after lost connections it waits with full jitter, twice as long each time, at most 15 s', async () => {
  const node = await openNode()
  const { platform, states } = connect(node)
  for (const longest of [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
    const peer = await node.connection()
    peer.drop()
    const { delayMs } = await states.next('waiting')
    expect(delayMs).toBe(longest / 2)
    platform.advance(delayMs)
  }
})

test('[K3] it does not wait at all where chance says so, and begins anew after a connection that lasted', async () => {
  const node = await openNode()
  const { platform, states } = connect(node)
  for (let i = 0; i < 4; i++) {
    const peer = await node.connection()
    peer.drop()
    platform.advance((await states.next('waiting')).delayMs)
  }
  const peer = await node.welcomed({ heartbeatMs: 60_000, heartbeatPhaseMs: 0 })
  await states.next('open')
  platform.advance(5_000)
  platform.chance = 0
  peer.close(1011)
  expect((await states.next('waiting')).delayMs).toBe(0)
})

test('[K4] it does not come back before Retry-After, and adds its jitter', async () => {
  const node = await openNode()
  node.refuseNext(503, 7)
  node.refuseNext(429, 3)
  const { platform, states } = connect(node)
  const busy = await states.next('waiting')
  expect(busy).toMatchObject({ delayMs: 7_125, because: { code: 'UNREACHABLE', retryAfterMs: 7_000 } })
  platform.advance(7_125)
  expect((await states.next('waiting')).delayMs).toBe(3_250)
})

test('[K5] a hello refused for now is tried again after its time, one refused for good is not', async () => {
  const node = await openNode()
  const { platform, states } = connect(node)
  const first = await node.connection()
  first.refuse(await first.next('hello'), 'OVERLOADED', { retryAfterMs: 2_000 })
  const { delayMs } = await states.next('waiting')
  expect(delayMs).toBe(2_125)
  platform.advance(delayMs)
  const second = await node.connection()
  second.refuse(await second.next('hello'), 'INVALID')
  expect(await states.next('closed')).toMatchObject({ because: { code: 'INVALID', message: 'no: INVALID' } })
})

test.each([
  [4001, 'REPLACED'],
  [4010, 'BANNED'],
])('[K6] after a close with %i it does not come back: %s', async (code, told) => {
  const node = await openNode()
  const { states, operator } = connect(node)
  const peer = await node.welcomed()
  await states.next('open')
  peer.close(code)
  expect(await states.next('closed')).toMatchObject({ because: { code: told } })
  await expect(operator.stats()).rejects.toMatchObject({ code: told })
  expect(node.attempts).toBe(1)
})

test('[K7] after 4008 it asks the provider for another token and goes on with it', async () => {
  const node = await openNode()
  const tokens = ['old', 'new']
  const { states } = connect(node, async () => tokens.shift() ?? 'none')
  const first = await node.welcomed()
  first.close(4008)
  const second = await node.welcomed()
  await states.next('open')
  expect(first.request.headers.authorization).toBe('Bearer old')
  expect(second.request.headers.authorization).toBe('Bearer new')
})

test('[K8] after 4008 with no other token it is closed', async () => {
  const node = await openNode()
  const { states } = connect(node, 'only')
  const peer = await node.welcomed()
  await states.next('open')
  peer.close(4008)
  expect(await states.next('closed')).toMatchObject({ because: { code: 'TOKEN_EXPIRED' } })
  expect(node.attempts).toBe(1)
})

test.each([
  [401, 'UNAUTHORIZED'],
  [403, 'FORBIDDEN'],
])('[K9] %i is told and final with the same token', async (status, code) => {
  const node = await openNode()
  node.refuseNext(status)
  const { states, operator } = connect(node)
  const asked = operator.stats()
  expect(await states.next('closed')).toMatchObject({ because: { code } })
  await expect(asked).rejects.toMatchObject({ code })
  expect(node.attempts).toBe(1)
})

test('[K27] a refused handshake is told with what the node said of it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  server.on('upgrade', (_request, socket) => {
    const body = '{"detail":"expected a token with the role operator"}'
    socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`)
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const operator = new Operator({ url: `ws://127.0.0.1:${port}`, token: 't' })
  await expect(operator.stats()).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: 'the node answered 403 Forbidden: expected a token with the role operator',
  })
})

test('[K10] a refused token is replaced once by another one of the provider', async () => {
  const node = await openNode()
  node.refuseNext(401)
  node.refuseNext(401)
  let asked = 0
  const { states } = connect(node, async () => `token-${++asked}`)
  expect(await states.next('closed')).toMatchObject({ because: { code: 'UNAUTHORIZED' } })
  expect(node.attempts).toBe(2)
})

test('[K11] a provider that fails is asked again later', async () => {
  const node = await openNode()
  let asked = 0
  const { platform, states } = connect(node, async () => {
    if (++asked === 1) throw new Error('no network')
    return 'token'
  })
  const { delayMs, because } = await states.next('waiting')
  expect(because).toMatchObject({ code: 'TOKEN_UNAVAILABLE', message: expect.stringContaining('no network') })
  platform.advance(delayMs)
  await node.welcomed()
  await states.next('open')
})

test('[K12] an address that serves something else is told and final', async () => {
  const node = await openNode()
  node.refuseNext(404)
  const { states } = connect(node)
  expect(await states.next('closed')).toMatchObject({
    because: { code: 'REFUSED', message: 'the node answered 404 No' },
  })
})

test('[K13] told to drain, it connects anew at its time and keeps the old connection until the new welcome', async () => {
  const node = await openNode()
  const { platform, states, operator } = connect(node)
  const first = await node.welcomed({ node: 'old' })
  await states.next('open')
  first.send({ type: 'drain', reason: 'restart', reconnectMs: 3_000 })
  await barrier(operator, first)
  platform.advance(2_999)
  expect(node.attempts).toBe(1)
  platform.advance(1)
  const second = await node.connection()
  const asked = operator.stats()
  first.ack(await first.next('stats'), { waiting: 3 })
  expect(await asked).toEqual({ waiting: 3 })
  await second.welcome({ node: 'new' })
  expect(await states.next('open')).toEqual({ kind: 'open', node: 'new' })
  expect(await first.closed).toBe(1000)
})

test('[K14] told to drain and refused elsewhere, it stays and tries again later', async () => {
  const node = await openNode()
  const { platform, states, operator } = connect(node)
  const first = await node.welcomed()
  await states.next('open')
  first.send({ type: 'drain', reason: 'restart', reconnectMs: 1_000 })
  await barrier(operator, first)
  node.refuseNext(503, 4)
  platform.advance(1_000)
  await platform.elapse(4_125)
  await barrier(operator, first)
  const second = await node.welcomed({ node: 'new' })
  expect(await states.next('open')).toEqual({ kind: 'open', node: 'new' })
  await first.closed
  expect(second.left).toEqual([])
})

test('[K15] replaced by its own next connection, it goes on with that one', async () => {
  const node = await openNode()
  const { platform, states, operator } = connect(node)
  const first = await node.welcomed()
  await states.next('open')
  first.send({ type: 'drain', reason: 'restart', reconnectMs: 1_000 })
  await barrier(operator, first)
  platform.advance(1_000)
  const second = await node.connection()
  const hello = await second.next('hello')
  first.close(4001)
  await states.next('connecting')
  second.send(welcomeTo(hello.id))
  await states.next('open')
})

test('[K16] what was asked on a lost connection is asked again on the next', async () => {
  const node = await openNode()
  const { platform, states, operator } = connect(node)
  const first = await node.welcomed()
  const asked = operator.card('card-1')
  await first.next('get')
  first.drop()
  platform.advance((await states.next('waiting')).delayMs)
  const second = await node.welcomed()
  const request = await second.next('get')
  expect(request.review).toBe('card-1')
  second.ack(request, { card: { reviewId: 'card-1' } })
  expect(await asked).toEqual({ reviewId: 'card-1' })
})

test('[K17] a call without an answer in its time is rejected; so is one that is aborted', async () => {
  const node = await openNode()
  const { platform, states, operator } = connect(node)
  await node.welcomed({ heartbeatMs: 60_000 })
  await states.next('open')
  const late = expect(operator.stats({ timeoutMs: 2_000 })).rejects.toMatchObject({ code: 'NO_ANSWER' })
  platform.advance(2_000)
  await late
  const stop = new AbortController()
  const aborted = operator.stats({ signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(aborted).rejects.toThrow('enough')
})

test('[K18] what the node has no room for is asked again after its time', async () => {
  const node = await openNode()
  const { platform, operator } = connect(node)
  const peer = await node.welcomed({ heartbeatMs: 60_000 })
  const asked = operator.stats()
  const first = await peer.next('stats')
  peer.refuse(first, 'RATE_LIMITED', { retryAfterMs: 400 })
  await platform.elapse(525)
  const second = await peer.next('stats')
  expect(second.id).not.toBe(first.id)
  peer.ack(second, { waiting: 1 })
  expect(await asked).toEqual({ waiting: 1 })
})

test('[K19] it beats once a period, at its own place by the node’s clock', async () => {
  const node = await openNode()
  const { platform, states } = connect(node)
  // 4 s into a period of 5 s, with the place at 1 s: two seconds from now.
  const peer = await node.welcomed({ now: 1_700_000_004_000, heartbeatMs: 5_000, heartbeatPhaseMs: 1_000 })
  await states.next('open')
  platform.advance(1_999)
  platform.advance(1)
  peer.ack(await peer.next('heartbeat'))
  await turn()
  expect(peer.left).toEqual([])
  platform.advance(4_999)
  platform.advance(1)
  await peer.next('heartbeat')
  expect(peer.left).toEqual([])
})

test('[K20] a node that is silent for three periods is given up', async () => {
  const node = await openNode()
  const { platform, states } = connect(node)
  await node.welcomed({ now: 1_700_000_000_000, heartbeatMs: 1_000, heartbeatPhaseMs: 500 })
  await states.next('open')
  platform.advance(3_500)
  expect(await states.next('waiting')).toMatchObject({
    because: { code: 'CONNECTION_LOST', message: 'nothing came for 3500 ms' },
  })
})

test('[K21] it renews its token before that expires', async () => {
  const node = await openNode()
  const now = 1_700_000_000_000
  const tokens = [tokenUntil(now / 1_000 + 3_600), tokenUntil(now / 1_000 + 7_200)]
  const later = tokens[1]
  const { platform, states } = connect(node, async () => tokens.shift() ?? 'none')
  const peer = await node.welcomed({ now, heartbeatMs: 36_000_000, heartbeatPhaseMs: 0 })
  await states.next('open')
  platform.advance(3_539_999)
  platform.advance(1)
  const reauth = await peer.next('reauth')
  expect(reauth.token).toBe(later)
  peer.ack(reauth)
})

test('[K22] frames of one turn leave in one message', async () => {
  const node = await openNode()
  const { states, operator } = connect(node)
  const peer = await node.welcomed()
  await states.next('open')
  const before = peer.messages
  const asked = Promise.all([operator.stats(), operator.card('a'), operator.card('b')])
  peer.ack(await peer.next('stats'))
  peer.ack(await peer.next('get'))
  peer.ack(await peer.next('get'))
  await asked
  expect(peer.messages - before).toBe(1)
})

test('[K23] frames, keys and replies that it does not know are ignored', async () => {
  const node = await openNode()
  const { states, operator } = connect(node)
  const peer = await node.welcomed({ weather: 'fine' })
  await states.next('open')
  peer.send({ type: 'sunrise', at: 7 }, { type: 'ack', re: 4_000_000 }, { type: 'error', code: 'NEW', message: '?' })
  const asked = operator.stats()
  peer.ack(await peer.next('stats'), { waiting: 0 })
  expect(await asked).toEqual({ waiting: 0 })
})

test('[K24] a request larger than a message may be is refused on this side, and the connection stays', async () => {
  const node = await openNode()
  const { states, operator } = connect(node)
  const peer = await node.welcomed({ limits: { messageBytes: 1_000 } })
  await states.next('open')
  const edited = 'x'.repeat(2_000)
  await expect(operator.decide('a', { status: 'APPROVED', edited })).rejects.toMatchObject({ code: 'TOO_LARGE' })
  const asked = operator.stats()
  peer.ack(await peer.next('stats'))
  await asked
})

test('[K25] what is no message ends the connection', async () => {
  const node = await openNode()
  const { states } = connect(node)
  const peer = await node.welcomed()
  await states.next('open')
  peer.sendBytes(Uint8Array.of(0xc1))
  expect(await states.next('waiting')).toMatchObject({ because: { code: 'CONNECTION_LOST' } })
})

test.each(['mailto:a@b.c', 'localhost', ''])('[K26] an address that is none is refused at once: "%s"', (url) => {
  expect(() => new Operator({ url, token: 'x' })).toThrow('url: expected an address such as')
})

/** Settles when the client has handled all that was sent to it before. */
async function barrier(
  operator: Operator,
  peer: { next: (type: string) => Promise<{ id: number }>; send: (frame: object) => void },
) {
  const asked = operator.stats()
  peer.send({ type: 'ack', re: (await peer.next('stats')).id })
  await asked
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const welcomeTo = (re: number): object => ({
  type: 'welcome',
  re,
  node: 'n2',
  now: 1_700_000_000_000,
  heartbeatMs: 5_000,
  limits: { messageBytes: 1_048_576 },
  ledger: { generation: 'g1', durability: 'fsync', windowMs: 0 },
})

test('[K113] of several addresses the next one is tried after each that fails', async () => {
  const [first, second] = [await openNode(), await openNode()]
  const platform = new HandPlatform()
  platform.chance = 0
  const operator = new Operator({ url: [first.url, second.url], token: 'secret', platform })
  onTestFinished(() => operator.close())
  const states = new States(operator)
  for (const node of [first, second, first]) {
    const peer = await node.connection()
    peer.drop()
    await states.next('waiting')
    platform.advance(0)
  }
  await second.welcomed({ node: 'n2' })
  expect(await states.next('open')).toEqual({ kind: 'open', node: 'n2' })
})

test('[K113] addresses can stand in one text; a wrong one among them is refused at once', async () => {
  const node = await openNode()
  const operator = new Operator({ url: `${node.url}, ${node.url}`, token: 'secret' })
  onTestFinished(() => operator.close())
  await node.welcomed()
  expect(() => new Operator({ url: 'ws://here,nowhere', token: 'secret' })).toThrow('got nowhere')
})
