import { afterEach, describe, expect, test } from 'vitest'
import { signToken } from '../../src/transport/authentication.js'
import { connect, refused } from './testClient.js'
import { openWorld, origin, type World, type WorldOptions } from './world.js'

let world: World
const open = async (options: WorldOptions = {}) => {
  world = await openWorld(options)
  return world
}
afterEach(() => world.stop())

describe('who gets in', () => {
  for (const role of ['agent', 'producer', 'operator'] as const) {
    test(`[X1] a token with the role ${role} opens /v1/${role}, and the session learns who it is`, async () => {
      await open()
      const token = await world.token({ sub: 'crawler', roles: [role] })
      const client = await connect(world, { path: `/v1/${role}`, token })
      expect(client.socket.protocol).toBe('chimera.v1')
      expect(await client.hello()).toMatchObject({ type: 'welcome', re: 0 })
      expect(world.opened[0]?.caller).toMatchObject({
        role,
        identity: { tenant: 't_acme', sub: 'crawler', roles: [role] },
        expiresAt: origin + 3_600_000,
      })
    })
  }

  test('[X1] an admin may come as any role', async () => {
    await open()
    const client = await connect(world, { path: '/v1/operator', token: await world.token({ roles: ['admin'] }) })
    expect(await client.hello()).toMatchObject({ type: 'welcome' })
  })

  test('[X2] a browser offers its token as the second subprotocol, and chimera.v1 is selected', async () => {
    await open()
    const token = await world.token()
    const client = await connect(world, { token: undefined, subprotocols: ['chimera.v1', `bearer.${token}`] })
    expect(client.socket.protocol).toBe('chimera.v1')
  })
})

describe('who is refused, as plain HTTP', () => {
  test('[X3] another path is 404', async () => {
    await open()
    expect(await refused(world, { path: '/v1/agents' })).toMatchObject({ status: 404, problem: { code: 'NOT_FOUND' } })
    expect(await refused(world, { path: '/toString' })).toMatchObject({ status: 404 })
  })

  test('[X3] no subprotocol, or another, is 426', async () => {
    await open()
    for (const subprotocols of [[], ['chimera.v2'], ['bearer.x']])
      expect(await refused(world, { subprotocols })).toMatchObject({ status: 426, headers: { upgrade: 'websocket' } })
  })

  test('[X3] no token, one that is none, one of another secret, and an expired one are 401', async () => {
    await open()
    const claims = { sub: 'ann', tenant: 't_acme', roles: ['agent'], ttlSeconds: 60 }
    const foreign = await signToken(new Uint8Array(32), { ...claims, now: origin })
    const expired = await signToken(world.secret, { ...claims, now: origin - 121_000 })
    for (const token of [undefined, 'nonsense', foreign, expired]) {
      const refusal = await refused(world, { token })
      expect(refusal).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
      expect(refusal.headers['content-type']).toBe('application/problem+json')
    }
  })

  test('[X3] a token in the query string is 401, even beside a good one', async () => {
    await open()
    const token = await world.token()
    expect(await refused(world, { path: `/v1/agent?token=${token}` })).toMatchObject({ status: 401 })
    expect(await refused(world, { path: `/v1/agent?access_token=x` })).toMatchObject({ status: 401 })
  })

  test('[X3] a token without the role is 403', async () => {
    await open()
    const token = await world.token({ roles: ['producer'] })
    expect(await refused(world, { token })).toMatchObject({ status: 403, problem: { code: 'FORBIDDEN' } })
  })

  test('[X4] a page of another origin is 403; one that is allowed, and the own, get in', async () => {
    await open({ config: { allowedOrigins: ['https://console.example.org'] } })
    expect(await refused(world, { headers: { Origin: 'https://evil.example.org' } })).toMatchObject({ status: 403 })
    expect(await refused(world, { headers: { Origin: 'null' } })).toMatchObject({ status: 403 })
    await connect(world, { headers: { Origin: 'https://console.example.org' } })
    await connect(world, { headers: { Origin: `http://127.0.0.1:${world.server.port}` } })
  })

  test('[X5] a node that drains is 503, with when to come again', async () => {
    await open()
    world.server.drain('restart', 0)
    expect(await refused(world, {})).toMatchObject({ status: 503, headers: { 'retry-after': '2' } })
  })

  test('[X5] a node that is full is 503, and has room again when somebody leaves', async () => {
    await open({ config: { maxConnections: 2 } })
    const first = await connect(world)
    await connect(world)
    expect(await refused(world, {})).toMatchObject({ status: 503, problem: { code: 'OVERLOADED' } })
    first.socket.close()
    await first.closed
    expect(world.server.connections.count()).toBe(1)
    await connect(world)
  })

  test('[X6] after too many refused tokens an address is 429, until time has passed', async () => {
    await open({ config: { refusalsPerMinute: 3 } })
    for (let i = 0; i < 3; i++) expect(await refused(world, { token: 'wrong' })).toMatchObject({ status: 401 })
    expect(await refused(world, {})).toMatchObject({ status: 429, headers: { 'retry-after': '20' } })
    world.clock.advance(20_000)
    await connect(world)
  })

  test('[X6] an address that connects too often is 429', async () => {
    await open({ config: { connectsPerSecond: 1 } })
    for (let i = 0; i < 4; i++) await connect(world)
    expect(await refused(world, {})).toMatchObject({ status: 429, headers: { 'retry-after': '1' } })
  })

  test('[X3] a call of a WebSocket path without an upgrade is 426', async () => {
    await open()
    const response = await fetch(world.url('/v1/agent'))
    expect(response.status).toBe(426)
  })
})
