import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeFrame, encodeMessage } from '../../src/protocol/encoding.js'
import { readMessage } from '../../src/protocol/reading.js'
import { requestId } from '../../src/transport/inbox.js'
import { connect, type TestClient } from './testClient.js'
import { openWorld, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await openWorld({ config: { connectsPerSecond: 100_000, framesPerSecond: 1_000_000 } })
})
afterAll(() => world.stop())

const originals = [
  { type: 'hello', id: 1, queues: ['q'], capacity: 4, meta: { a: [1, 'b', null] } },
  { type: 'pull', id: 2, credits: 3 },
  { type: 'result', id: 3, task: 't1', lease: 'l', output: { text: 'grüße', n: [1.5, -1, 2 ** 40] }, confidence: 0.9 },
  { type: 'fail', id: 4, task: 't1', lease: 'l', error: { code: 'E', message: 'no' } },
  { type: 'heartbeat', id: 5, holding: ['l1', 'l2'], metrics: { load: 0.5 } },
  { type: 'propose', id: 6, task: 't', lease: 'l', key: 'k', action: { run: 'x' }, confidence: 1 },
  { type: 'reauth', id: 7, token: 'x.y.z' },
]

const mutation = fc.record({
  frames: fc.subarray(originals, { minLength: 1 }),
  changes: fc.array(fc.record({ at: fc.nat(), to: fc.integer({ min: 0, max: 255 }) }), { maxLength: 4 }),
  cut: fc.option(fc.nat(), { nil: undefined }),
})

const mutated = fc.oneof(
  {
    weight: 4,
    arbitrary: mutation.map(({ frames, changes, cut }) => {
      const bytes = Uint8Array.from(encodeMessage(frames.map((frame) => encodeFrame(frame))))
      for (const { at, to } of changes) bytes[at % bytes.length] = to
      return cut === undefined ? bytes : bytes.subarray(0, 1 + (cut % bytes.length))
    }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }) },
)

/** Ids of the requests in a message: each must be answered, once. */
function requestsIn(bytes: Uint8Array): readonly number[] {
  const message = readMessage(bytes)
  if (message.kind === 'malformed') return []
  return message.frames.flatMap(({ id }) => requestId({ id }) ?? [])
}

/** How many malformed frames there can be in a message. */
function malformedAtMost(bytes: Uint8Array): number {
  const message = readMessage(bytes)
  return message.kind === 'malformed' ? 1 : message.frames.length + (message.strays?.length ?? 0)
}

/** Malformed frames that a connection may send within a minute and stay. */
const letThrough = 9

/** So the minutes pass. */
async function pause(client: TestClient): Promise<void> {
  for (let i = 0; i < 6; i++) {
    world.clock.advance(10_000)
    await client.roundTrip()
  }
}

test('[X19] mutated frames on a live connection: it stays, every request is answered, and the node goes on', {
  timeout: 120_000,
}, async () => {
  const client = await connect(world, { token: await world.token({ ttlSeconds: 30 * 86_400 }) })
  await client.hello()
  let malformed = 0
  const property = fc.asyncProperty(mutated, async (bytes) => {
    fc.pre(malformedAtMost(bytes) <= letThrough)
    malformed += malformedAtMost(bytes)
    if (malformed > letThrough) {
      await pause(client)
      malformed = malformedAtMost(bytes)
    }
    client.sendBytes(bytes)
    const answers = [...(await client.roundTrip())]
    const open = requestsIn(bytes).filter((id) => !answers.some(({ re }) => re === id))
    // A reauth is answered when its token was looked at.
    answers.push(...(await client.take(open.length)))
    for (const id of requestsIn(bytes)) expect(answers).toContainEqual(expect.objectContaining({ re: id }))
    if (readMessage(bytes).kind === 'malformed') expect(answers).toMatchObject([{ type: 'error', code: 'BAD_FRAME' }])
  })
  await fc.assert(property, { numRuns: 1_500 })
  expect(world.lost).toEqual([])
  expect(world.failures).toEqual([])
})
