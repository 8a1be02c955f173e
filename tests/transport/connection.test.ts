import { afterEach, describe, expect, test } from 'vitest'
import { encodeFrame } from '../../src/protocol/encoding.js'
import { connect } from './testClient.js'
import { openWorld, type World, type WorldOptions } from './world.js'

let world: World
const open = async (options: WorldOptions = {}) => {
  world = await openWorld(options)
  return world
}
afterEach(() => world.stop())

const heartbeat = (id: number) => ({ type: 'heartbeat', id })

describe('frames', () => {
  test('[X10] frames of one message are handled in order, and their answers leave in one message', async () => {
    await open()
    const client = await connect(world)
    client.send(...Array.from({ length: 100 }, (_, id) => heartbeat(id)))
    const answers = await client.take(100)
    expect(answers.map(({ re }) => re)).toEqual(Array.from({ length: 100 }, (_, id) => id))
    expect(client.messages).toBe(1)
  })

  test('[X10] an empty list of frames is nothing, and no fault', async () => {
    await open()
    const client = await connect(world)
    client.sendBytes([0x90])
    expect(await client.roundTrip()).toEqual([])
  })

  test('[X11] a malformed message is answered BAD_FRAME with its id, and the connection goes on', async () => {
    await open()
    const client = await connect(world)
    // {id: 7, a: an extension}
    client.sendBytes([0x82, 0xa2, 0x69, 0x64, 7, 0xa1, 0x61, 0xd4, 1, 1])
    client.sendBytes([0xc1])
    client.send({ id: 9 })
    expect(await client.next()).toMatchObject({ type: 'error', re: 7, code: 'BAD_FRAME' })
    expect(await client.next()).not.toHaveProperty('re')
    expect(await client.next()).toMatchObject({ re: 9, code: 'BAD_FRAME', message: expect.stringContaining('type') })
    client.send(heartbeat(1))
    expect(await client.next()).toMatchObject({ type: 'ack', re: 1 })
  })

  test('[X11] what is no frame in a list has a BAD_FRAME of its own, and the frames beside it are handled', async () => {
    await open()
    const client = await connect(world)
    // [{type: "heartbeat", id: 1}, 7, {id: 3}, {type: "heartbeat", id: 2}]
    client.sendBytes(
      Buffer.concat([
        Buffer.of(0x94),
        encodeFrame(heartbeat(1)),
        Buffer.of(7),
        encodeFrame({ id: 3 }),
        encodeFrame(heartbeat(2)),
      ]),
    )
    const answers = await client.take(4)
    expect(answers.filter(({ type }) => type === 'ack').map(({ re }) => re)).toEqual([1, 2])
    expect(answers.filter(({ type }) => type === 'error').map(({ re, code }) => [re, code])).toEqual([
      [3, 'BAD_FRAME'],
      [undefined, 'BAD_FRAME'],
    ])
    expect(answers).toContainEqual(expect.objectContaining({ message: '[1]: expected a frame (map), got integer' }))
  })

  test('[X11] a fault in the bytes of a list is one BAD_FRAME without re, and nothing of the list is handled', async () => {
    await open()
    const client = await connect(world)
    client.sendBytes(Buffer.concat([Buffer.of(0x92), encodeFrame(heartbeat(1)), Buffer.of(0xc1)]))
    const [answer, ...others] = await client.roundTrip()
    expect(answer).toMatchObject({ type: 'error', code: 'BAD_FRAME' })
    expect(answer).not.toHaveProperty('re')
    expect(others).toEqual([])
  })

  test('[X11] ten items that are no frames close with 1008, like ten messages', async () => {
    await open()
    const client = await connect(world)
    client.sendBytes(Buffer.concat([Buffer.of(0x9b), Buffer.alloc(10, 0xc0), encodeFrame(heartbeat(1))]))
    expect(await client.closed).toMatchObject({ code: 1008 })
  })

  test('[X11] the tenth malformed message within a minute closes with 1008', async () => {
    await open()
    const client = await connect(world)
    for (let i = 0; i < 9; i++) client.sendBytes([0xc1])
    expect(await client.roundTrip()).toHaveLength(9)
    client.sendBytes([0xc1])
    expect(await client.closed).toMatchObject({ code: 1008 })
    expect((await client.take(1))[0]).toMatchObject({ code: 'BAD_FRAME' })
  })

  test('[X11] malformed messages that are a minute old no longer count', async () => {
    await open()
    const client = await connect(world)
    await client.hello()
    for (let i = 0; i < 9; i++) client.sendBytes([0xc1])
    await client.roundTrip()
    for (let i = 0; i < 6; i++) {
      world.clock.advance(10_000)
      await client.roundTrip()
    }
    for (let i = 0; i < 9; i++) client.sendBytes([0xc1])
    expect(await client.roundTrip()).toHaveLength(9)
  })

  test('[X12] an unknown type, a wrong field and a value that is too large are answered, and the connection stays', async () => {
    await open({ config: { outputBytes: 1_024 } })
    const client = await connect(world)
    client.send({ type: 'subscribe', id: 1 }, { type: 'pull', id: 2, credits: -1 })
    client.send({ type: 'result', id: 3, task: 't', lease: 'l', output: 'x'.repeat(2_000), confidence: 1 })
    expect(await client.next()).toMatchObject({ re: 1, code: 'UNKNOWN_TYPE' })
    expect(await client.next()).toMatchObject({ re: 2, code: 'INVALID', message: expect.stringContaining('credits') })
    expect(await client.next()).toMatchObject({ re: 3, code: 'TOO_LARGE' })
    expect(await client.roundTrip()).toEqual([])
  })

  test('[X13] a text message closes with 1003', async () => {
    await open()
    const client = await connect(world)
    client.socket.send('{"type":"hello"}')
    expect(await client.closed).toMatchObject({ code: 1003 })
  })

  test('[X13] a message over messageBytes closes with 1009', async () => {
    await open({ config: { messageBytes: 16_384 } })
    const client = await connect(world)
    client.sendBytes(new Uint8Array(16_385))
    expect(await client.closed).toMatchObject({ code: 1009 })
    expect(world.lost).toEqual(['session/0'])
  })

  test('[X14] over framesPerSecond a request is RATE_LIMITED with when to come again; heartbeats overtake', async () => {
    await open({ config: { framesPerSecond: 100 } })
    const client = await connect(world)
    client.send(...Array.from({ length: 120 }, (_, id) => ({ type: 'pull', id, credits: 1 })), heartbeat(500))
    const answers = await client.take(121)
    const refusals = answers.filter(({ type }) => type === 'error')
    expect(refusals).toHaveLength(30)
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) })
    expect(answers.at(-1)).toMatchObject({ type: 'ack', re: 500 })
    world.clock.advance(1_000)
    client.send({ type: 'pull', id: 1, credits: 1 })
    expect(await client.next()).toMatchObject({ type: 'ack', re: 1 })
  })

  test('[X15] a session without room: requests are OVERLOADED, none goes unanswered, and reading pauses', async () => {
    await open({ mailbox: 4, stuck: true })
    const client = await connect(world)
    client.send(...Array.from({ length: 10 }, (_, id) => ({ type: 'pull', id, credits: 1 })), {
      type: 'decided',
      task: 't',
      lease: 'l',
      key: 'k',
    })
    const answers = await client.take(6)
    expect(world.counts.get('dropped.full')).toBe(1)
    expect(answers.map(({ re, code }) => [re, code])).toEqual([4, 5, 6, 7, 8, 9].map((id) => [id, 'OVERLOADED']))
    client.send({ type: 'pull', id: 11, credits: 1 })
    world.clock.advance(50)
    expect(await client.next()).toMatchObject({ re: 11, code: 'OVERLOADED' })
  })
})

describe('the end', () => {
  test('[X20] the session is told lost, once, when the client goes', async () => {
    await open()
    const client = await connect(world)
    await client.hello()
    client.socket.terminate()
    await expect.poll(() => world.lost).toEqual(['session/0'])
    expect(world.server.connections.count()).toBe(0)
  })

  test('[X20] the session closes it behind the frames sent before, and is told lost, once', async () => {
    await open()
    const client = await connect(world, { path: '/v1/producer' })
    client.send({ type: 'get', id: 1, task: 't' }, { type: 'cancel', id: 2, task: 'close' })
    expect(await client.next()).toMatchObject({ type: 'ack', re: 1 })
    expect(await client.closed).toEqual({ code: 4010, reason: 'banned' })
    await expect.poll(() => world.server.connections.count()).toBe(0)
    expect(world.lost).toEqual(['session/0'])
  })

  test('[X21] without a welcome within 5 s it closes with 4003', async () => {
    await open()
    const client = await connect(world)
    world.clock.advance(4_000)
    expect(await client.roundTrip()).toEqual([])
    world.clock.advance(1_000)
    expect(await client.closed).toMatchObject({ code: 4003 })
  })

  test('[X22] who is silent is pinged, and a pong is life', async () => {
    await open()
    const client = await connect(world)
    await client.hello()
    for (let i = 1; i <= 6; i++) {
      world.clock.advance(5_000)
      await client.pinged(i)
      await client.roundTrip()
    }
    expect(world.lost).toEqual([])
  })

  test('[X22] who is silent for three heartbeats closes with 4004', async () => {
    await open()
    const client = await connect(world)
    await client.hello()
    // The client's machine stands still: its pongs come too late.
    for (let i = 0; i < 15; i++) world.clock.advance(1_000)
    expect(await client.closed).toMatchObject({ code: 4004 })
    expect(world.lost).toEqual(['session/0'])
  })

  test('[X23] at the end of its token it closes with 4008', async () => {
    await open()
    const client = await connect(world, { token: await world.token({ ttlSeconds: 10 }) })
    await client.hello()
    world.clock.advance(10_000)
    expect(await client.closed).toMatchObject({ code: 4008 })
  })

  test('[X23] reauth with a newer token of the same person prolongs it', async () => {
    await open()
    const client = await connect(world, { token: await world.token({ ttlSeconds: 10 }) })
    await client.hello()
    client.send({ type: 'reauth', id: 5, token: await world.token({ ttlSeconds: 60 }) })
    expect(await client.next()).toEqual({ type: 'ack', re: 5 })
    world.clock.advance(10_000)
    await client.roundTrip()
    for (let i = 0; i < 5; i++) {
      await client.roundTrip()
      world.clock.advance(10_000)
    }
    expect(await client.closed).toMatchObject({ code: 4008 })
  })

  test('[X23] reauth with a token of somebody else, of less, or a wrong one is FORBIDDEN and changes nothing', async () => {
    await open()
    const client = await connect(world)
    const others = [{ sub: 'bob' }, { tenant: 't_other' }, { roles: ['agent'] }]
    const tokens = [...(await Promise.all(others.map((claims) => world.token(claims)))), 'nonsense']
    for (const [id, token] of tokens.entries()) {
      client.send({ type: 'reauth', id, token })
      expect(await client.next()).toMatchObject({ type: 'error', re: id, code: 'FORBIDDEN' })
    }
    expect(await client.roundTrip()).toEqual([])
  })

  test('[X24] who does not read closes with 4009 once its send buffer is full', async () => {
    await open({ config: { outboxMaxBytes: 65_536, framesPerSecond: 1_000_000 } })
    const client = await connect(world)
    await client.hello()
    client.socket.pause()
    const frame = encodeFrame({
      type: 'heartbeat',
      id: 1,
      holding: Array.from({ length: 4_000 }, () => 'l'.repeat(32)),
    })
    while (world.lost.length === 0) await new Promise<void>((sent) => client.socket.send(frame, () => sent()))
    client.socket.resume()
    expect(await client.closed).toMatchObject({ code: 4009 })
    expect(world.lost).toEqual(['session/0'])
  })

  test('[G9 X26] a large reply that finds the send buffer nearly full is OVERLOADED, and the connection stays', async () => {
    await open({ config: { outboxMaxBytes: 524_288 } })
    const client = await connect(world)
    const large = { type: 'result', task: 't', lease: 'l', output: 'x'.repeat(200_000), confidence: 1 }
    client.send(...[1, 2, 3].map((id) => ({ ...large, id })), { type: 'heartbeat', id: 4 })
    const answers = await client.take(4)
    expect(answers.map(({ re, type }) => [re, type])).toEqual([
      [1, 'ack'],
      [2, 'error'],
      [3, 'error'],
      [4, 'ack'],
    ])
    expect(answers[1]).toMatchObject({ code: 'OVERLOADED', retryAfterMs: expect.any(Number) })
    client.send({ ...large, id: 5 })
    expect(await client.next()).toMatchObject({ type: 'ack', re: 5 })
  })

  test('[X26] one frame alone always fits into the send buffer', async () => {
    await open({ config: { outboxMaxBytes: 65_536 } })
    const client = await connect(world)
    client.send({ type: 'result', id: 1, task: 't', lease: 'l', output: 'x'.repeat(200_000), confidence: 1 })
    expect(await client.next()).toMatchObject({ type: 'ack', re: 1 })
  })
})

describe('drain', () => {
  test('[X30] every client is told when to come back, each at a time of its own; then they close with 4002', async () => {
    await open()
    const clients = [await connect(world), await connect(world, { path: '/v1/producer' }), await connect(world)]
    for (const client of clients) await client.hello()
    world.server.drain('restart', 3_000)
    const frames = await Promise.all(clients.map((client) => client.next()))
    expect(frames.map(({ reconnectMs }) => reconnectMs)).toEqual([0, 1_000, 2_000])
    expect(frames[0]).toMatchObject({ type: 'drain', reason: 'restart' })
    await world.server.stop()
    for (const client of clients) expect(await client.closed).toMatchObject({ code: 4002 })
    expect(world.lost).toHaveLength(3)
  })
})
