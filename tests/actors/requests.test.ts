/** Requests end in a reply that names what was wrong; items of a submit are answered one by one. */
import { describe, expect, test } from 'vitest'
import { type ProducerRequest, producerRequests, taskRequests } from '../../src/actors/requests.js'
import { Raw } from '../../src/protocol/raw.js'
import type { Reply } from '../../src/tasks/reply.js'
import { noon, sub, tenant, World } from '../tasks/world.js'

const identity = { tenant, sub, roles: ['producer'] }
const within = { payloadBytes: 100, outputBytes: 100 }

const ask = (world: World, frame: Record<string, unknown>, by = identity): Promise<Reply> =>
  world.perform(producerRequests(world.desk, within)(by, 'inbox', { id: 1, ...frame } as ProducerRequest, noon))

const submit = async (world: World, ...tasks: readonly unknown[]): Promise<readonly unknown[]> => {
  const reply = await ask(world, { type: 'submit', tasks })
  return reply.kind === 'ack' ? (reply.fields.tasks as readonly unknown[]) : []
}

const payload = Raw.of('mail')

describe('submit', () => {
  test('[Q70] answers each item in its place: good ones are taken, the others told what was expected', async () => {
    const world = new World()
    const answers = await submit(
      world,
      { queue: 'mail', payload },
      { queue: 'mail' },
      { payload },
      { queue: 'mail', steps: ['mail'], payload },
      { queue: 'no/slash', payload },
      { queue: 'mail', payload, priority: 'urgent' },
      { queue: 'mail', payload: Raw.of('x'.repeat(200)) },
      { queue: 'mail', payload, maxAttempts: 0 },
      { steps: ['a', 'b'], payload },
    )
    const words = answers.map((answer) => {
      const { id, error } = answer as { id?: string; error?: { code: string; message: string } }
      return id ?? `${error?.code} ${error?.message.split(':')[0]}`
    })
    expect(words).toEqual([
      'task-1',
      'INVALID payload',
      'INVALID queue',
      'INVALID steps',
      'INVALID queue',
      'INVALID priority',
      'TOO_LARGE payload',
      'INVALID maxAttempts',
      'task-2',
    ])
    for (const answer of answers) {
      const { error } = answer as { error?: { message: string } }
      if (error !== undefined) expect(error.message).toMatch(/expected/)
    }
    expect(await world.task('task-2')).toMatchObject({ steps: ['a', 'b'], subscriber: 'inbox' })
  })

  test('[Q71] says of a known key that it exists, and of other content under it that it is a conflict', async () => {
    const world = new World()
    const [first, again, other] = await submit(
      world,
      { queue: 'mail', payload, key: 'k' },
      { queue: 'mail', payload, key: 'k' },
      { queue: 'file', payload, key: 'k' },
    )
    expect(again).toEqual({ ...(first as object), existing: true })
    expect(other).toMatchObject({ error: { code: 'CONFLICT', message: expect.stringMatching(/^key: /) } })
  })
})

describe('other requests', () => {
  test('[G8 Q72] about what is another’s, another tenant’s or nowhere all say the same', async () => {
    const world = new World()
    await submit(world, { queue: 'mail', payload })
    for (const type of ['get', 'cancel', 'replay']) {
      const replies = [
        await ask(world, { type, task: 'task-1' }, { ...identity, sub: 'other' }),
        await ask(world, { type, task: 'task-1' }, { ...identity, tenant: 't_other' }),
      ]
      const nowhere = await new World().perform(
        producerRequests(world.desk, within)(
          identity,
          undefined,
          { type, id: 1, task: 'task-1' } as ProducerRequest,
          noon,
        ),
      )
      for (const reply of replies) expect(reply).toEqual(nowhere)
      expect(nowhere).toMatchObject({ kind: 'error', code: 'NOT_FOUND', message: expect.stringMatching(/^task: /) })
    }
  })

  test('[Q73] name the field that is wrong: a cursor of nobody’s, a task that has not ended', async () => {
    const world = new World()
    await submit(world, { queue: 'mail', payload })
    expect(await ask(world, { type: 'tasks', cursor: 'x' })).toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/^cursor: expected/),
    })
    expect(await ask(world, { type: 'replay', task: 'task-1' })).toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/^task: expected .* QUEUED$/),
    })
  })

  test('[Q74] by an operator see all of the tenant, by a producer its own', async () => {
    const world = new World()
    await submit(world, { queue: 'mail', payload })
    const olga = { tenant, sub: 'olga', roles: ['operator'] }
    const byOperator = taskRequests(world.desk)(olga, { type: 'getTask', id: 1, task: 'task-1' })
    expect(await world.perform(byOperator)).toMatchObject({ kind: 'ack', fields: { task: { id: 'task-1' } } })
    expect(await ask(world, { type: 'tasks' }, { ...identity, sub: 'other' })).toEqual({
      kind: 'ack',
      fields: { tasks: [] },
    })
  })
})
