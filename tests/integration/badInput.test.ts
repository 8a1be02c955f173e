/** Frames that are wrong get an error that names the field; the connection, and everybody else's work, go on. */
import { expect, test } from 'vitest'
import { framesOf, type Role } from '../../src/protocol/frames.js'
import { goodFrames, goodTask, roles } from './goodFrames.js'
import {
  open,
  openAgent,
  openIdleAgent,
  openOperator,
  openProducer,
  openWorld,
  recordOf,
  submit,
  submitOne,
} from './world.js'

/** Any value is good there, or counts as something. */
const anyValue = new Set(['payload', 'output', 'action', 'edited', 'metrics', 'meta', 'confidence', 'type', 'id'])

/** No field that has a type is a negative fraction. */
const wrongValue = -1.5

const fieldsOf = (role: Role, type: string) => {
  const schemas: Readonly<Record<string, { readonly properties: object; readonly required?: readonly string[] }>> =
    framesOf[role]
  const { properties, required = [] } = schemas[type] ?? { properties: {} }
  return { fields: Object.keys(properties).filter((field) => !anyValue.has(field)), required }
}

const enter = { agent: openAgent, producer: openProducer, operator: openOperator } as const

test.each(roles)(
  '[G9] every field of every request of the role %s that is wrong, or missing, is named',
  async (role) => {
    const world = await openWorld()
    const greeted = await enter[role](world)
    const fresh = await open(world, role, { sub: 'fresh' })
    expect(Object.keys(goodFrames[role]).sort()).toEqual(Object.keys(framesOf[role]).sort())
    for (const [type, good] of Object.entries(goodFrames[role])) {
      const client = type === 'hello' ? fresh : greeted
      const { fields, required } = fieldsOf(role, type)
      for (const field of fields) {
        const wrongs: object[] = [{ ...good, [field]: wrongValue }]
        if (required.includes(field)) {
          const { [field]: _, ...without } = good
          wrongs.push(without, { ...without, [field]: null })
        }
        for (const wrong of wrongs) {
          const reply = await client.ask(type, wrong)
          expect(reply, `${type} ${JSON.stringify(wrong)}`).toMatchObject({ type: 'error', code: 'INVALID' })
          expect(String(reply.message), type).toMatch(new RegExp(`^${field}\\b`))
          expect(String(reply.message), type).toContain('expected')
        }
      }
    }
    await greeted.settle()
  },
)

test('[G9] what is wrong with a task of a submit is told with the task, and the others are accepted', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const { queue: _, ...rest } = goodTask
  const fields = Object.keys(goodTask).filter((field) => field !== 'payload')
  const wrongs = [
    ...fields.map((field) => ({ ...goodTask, [field]: wrongValue })),
    { queue: 'q' },
    rest,
    { ...goodTask, steps: ['a'] },
    { ...rest, steps: [] },
    { ...rest, steps: ['a', 'no queue'] },
    { ...goodTask, payload: Number.NaN },
    { ...goodTask, payload: 'x'.repeat(524_288) },
  ]
  const named = [...fields, 'payload', 'queue', 'steps', 'steps', 'steps', 'payload', 'payload']
  const { tasks } = await producer.request('submit', { tasks: [...wrongs, goodTask] })
  const replies = tasks as readonly {
    readonly id?: string
    readonly error?: { readonly code: string; readonly message: string }
  }[]
  for (const [at, field] of named.entries()) {
    expect(replies[at]?.error?.code).toBe(at === named.length - 1 ? 'TOO_LARGE' : 'INVALID')
    expect(replies[at]?.error?.message).toMatch(new RegExp(`^${field}\\b`))
  }
  expect(replies.at(-1)?.id).toEqual(expect.any(String))
})

test('[G9 G2] a result that is too large, or no value of the protocol, leaves its lease as it was', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const agent = await openIdleAgent(world)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  const outputs = [
    ['TOO_LARGE', 'x'.repeat(524_288)],
    ['INVALID', { at: [Number.POSITIVE_INFINITY] }],
  ] as const
  for (const [code, output] of outputs) {
    const reply = await agent.ask('result', { task: id, lease, output, confidence: 1 })
    expect(reply).toMatchObject({ code })
    expect(String(reply.message)).toMatch(/^output\b/)
  }
  expect(await recordOf(producer, id)).toMatchObject({ status: 'RUNNING', attempt: 1 })
  expect(await agent.request('result', { task: id, lease, output: 'small', confidence: 1 })).toMatchObject({
    status: 'COMPLETED',
  })
})

test('[G9] nil in an optional field is as if it were missing, and unknown fields are ignored', async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  const [task] = await submit(producer, {
    queue: 'q',
    key: null,
    priority: null,
    ttlMs: null,
    steps: null,
    whatever: { new: true },
  })
  expect(task?.id).toEqual(expect.any(String))
  const record = await producer.request('get', { task: task?.id, colour: 'red' })
  expect(record.task).toMatchObject({ priority: 'normal' })
})

test("[G9] a type that is unknown, or another role's, is UNKNOWN_TYPE", async () => {
  const world = await openWorld()
  const producer = await openProducer(world)
  for (const type of ['pull', 'decide', 'toString', '__proto__', '']) {
    expect(await producer.ask(type)).toMatchObject({ code: 'UNKNOWN_TYPE' })
  }
  await producer.settle()
})

test('[G9] a message over the limit closes with 1009, a text with 1003, the tenth malformed one with 1008', async () => {
  const world = await openWorld()
  const large = await openAgent(world, { sub: 'large' })
  large.sendBytes(Buffer.alloc(1_048_577))
  expect((await large.closed).code).toBe(1009)
  const text = await openAgent(world, { sub: 'text' })
  text.socket.send('{"type":"heartbeat"}')
  expect((await text.closed).code).toBe(1003)
  const malformed = await openAgent(world, { sub: 'malformed' })
  for (let n = 0; n < 10; n++) malformed.sendBytes(Uint8Array.of(0xc1))
  for (let n = 0; n < 10; n++) expect(await malformed.frame('error')).toMatchObject({ code: 'BAD_FRAME' })
  expect((await malformed.closed).code).toBe(1008)
})
