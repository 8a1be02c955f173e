/** Fleet control as it is asked for over HTTP. */
import { afterEach, expect, test } from 'vitest'
import { ack, refuse } from '../../src/tasks/reply.js'
import { openWorld, type World } from '../transport/world.js'

let world: World
afterEach(() => world.stop())

const call = async (path: string, { body = undefined as unknown, roles = ['operator'], method = 'POST' } = {}) => {
  const response = await fetch(world.url(`/v1/tenants/t_acme${path}`), {
    method,
    headers: {
      Authorization: `Bearer ${await world.token({ roles })}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('[FC16] each word is a call, with or without a reason, and agents may have an instance', async () => {
  world = await openWorld({})
  world.reply = ack({ changed: true, fleet: { version: 1 } })
  const calls = [
    ['/queues/mail/pause', { act: 'pause', queue: 'mail' }],
    ['/queues/mail/resume', { act: 'resume', queue: 'mail' }],
    ['/agents/crawler%2F7/pause', { act: 'pause', agent: 'crawler/7' }],
    ['/agents/crawler/resume', { act: 'resume', agent: 'crawler' }],
    ['/agents/crawler/ban', { act: 'ban', agent: 'crawler' }],
    ['/agents/crawler/unban', { act: 'unban', agent: 'crawler' }],
    ['/pause', { act: 'pause' }],
    ['/resume', { act: 'resume' }],
  ] as const
  for (const [path, frame] of calls) {
    expect(await call(path)).toMatchObject({ status: 200, body: { changed: true, fleet: { version: 1 } } })
    expect(world.performed.at(-1)?.frame).toEqual({ type: 'control', id: 0, ...frame })
    await call(path, { body: { reason: 'why' } })
    expect(world.performed.at(-1)?.frame).toMatchObject({ ...frame, reason: 'why' })
  }
  expect(await call('/fleet', { method: 'GET' })).toMatchObject({ status: 200, body: { version: 1 } })
})

test('[FC16] a halt is for admins, a wrong name is told what was expected, a producer has no say', async () => {
  world = await openWorld({})
  world.reply = ack({ changed: true, cancelled: 2, fleet: { version: 1 } })
  expect(await call('/halt')).toMatchObject({ status: 403 })
  expect(await call('/halt', { roles: ['admin'] })).toMatchObject({ status: 200, body: { cancelled: 2 } })
  expect(await call('/queues/a%2Fb/pause')).toMatchObject({
    status: 400,
    body: { code: 'INVALID', detail: expect.stringContaining('queue: expected a name') },
  })
  expect(await call('/agents/a%2Fb%2Fc/ban')).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("agent: expected an agent's id") },
  })
  expect(await call('/pause', { body: 'now' })).toMatchObject({ status: 400 })
  expect(await call('/pause', { roles: ['producer'] })).toMatchObject({ status: 403 })
  world.reply = refuse('PAUSED', 'halted', { retryAfterMs: 5_000 })
  expect(await call('/pause')).toMatchObject({ status: 503, body: { code: 'PAUSED' } })
})
