/** Behind balancers: where a client is, and what a client says that nobody believes. */
import { afterEach, describe, expect, test } from 'vitest'
import { remoteAddresses } from '../../src/transport/remoteAddress.js'
import { connect, refused } from './testClient.js'
import { openWorld, type World } from './world.js'

const at = (trusted: readonly string[], peer: string, forwarded?: string): string =>
  remoteAddresses(trusted)({
    socket: { remoteAddress: peer } as never,
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  })

describe('a client', () => {
  test('[AD4] is where its socket is, whatever it says, unless that is a balancer’s', () => {
    expect(at([], '10.0.0.1', '1.2.3.4')).toBe('10.0.0.1')
    expect(at(['10.0.0.0/8'], '11.0.0.1', '1.2.3.4')).toBe('11.0.0.1')
    expect(at(['10.0.0.0/8'], '10.0.0.1')).toBe('10.0.0.1')
    expect(at(['10.0.0.0/8'], '10.0.0.1', '1.2.3.4')).toBe('1.2.3.4')
  })

  test('[AD4] is the right-most address that no trusted one has; what stands left of it counts for nothing', () => {
    const trusted = ['10.0.0.0/8', '192.0.2.7']
    expect(at(trusted, '10.0.0.1', '6.6.6.6, 1.2.3.4')).toBe('1.2.3.4')
    expect(at(trusted, '10.0.0.1', '6.6.6.6, 1.2.3.4, 192.0.2.7, 10.9.9.9')).toBe('1.2.3.4')
    expect(at(trusted, '10.0.0.1', '1.2.3.4,192.0.2.8')).toBe('192.0.2.8')
    expect(at(trusted, '10.0.0.1', '10.0.0.2, 10.0.0.3')).toBe('10.0.0.2')
  })

  test('[AD4] is nowhere that is no address: the last hop that is known counts', () => {
    for (const noise of ['', 'unknown', '1.2.3.4, _hidden', 'x'.repeat(10_000), '999.1.1.1', '1.2.3.4,,'])
      expect(at(['10.0.0.0/8'], '10.0.0.1', noise)).toBe('10.0.0.1')
    expect(at(['10.0.0.0/8'], '')).toBe('')
    const many = Array.from({ length: 40 }, () => '10.0.0.2')
    expect(at(['10.0.0.0/8'], '10.0.0.1', ['6.6.6.6', ...many].join(','))).toBe('10.0.0.2')
  })

  test('[AD4] may be written with a port, in brackets, and as IPv6', () => {
    const trusted = ['10.0.0.0/8', 'fd00::/8']
    expect(at(trusted, '::ffff:10.0.0.1', '1.2.3.4:5678')).toBe('1.2.3.4')
    expect(at(trusted, 'fd00::1', '[2001:db8::9]:443')).toBe('2001:db8::9')
    expect(at(trusted, 'fd00::1', '2001:db8::9, ::ffff:10.1.1.1')).toBe('2001:db8::9')
    expect(at(trusted, 'fe80::1', '2001:db8::9')).toBe('fe80::1')
  })
})

describe('a node behind a balancer', () => {
  let world: World
  afterEach(() => world.stop())
  const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } })

  test('[AD4] turns away who shows wrong tokens, and nobody else', async () => {
    world = await openWorld({ config: { refusalsPerMinute: 2, trustedProxies: ['127.0.0.0/8'] } })
    for (let i = 0; i < 2; i++) {
      expect(await refused(world, { token: 'wrong', ...from('1.2.3.4') })).toMatchObject({ status: 401 })
    }
    expect(await refused(world, from('1.2.3.4'))).toMatchObject({ status: 429 })
    expect(await refused(world, from('9.9.9.9, 1.2.3.4'))).toMatchObject({ status: 429 })
    await connect(world, from('1.2.3.5'))
    const call = (address: string) => fetch(world.url('/v1/tenants/t_acme/agents'), { headers: from(address).headers })
    expect((await call('1.2.3.4')).status).toBe(429)
    expect((await call('1.2.3.6')).status).toBe(401)
  })

  test('[AD4] that trusts nobody counts by the socket, whatever is said', async () => {
    world = await openWorld({ config: { refusalsPerMinute: 1 } })
    expect(await refused(world, { token: 'wrong', ...from('1.2.3.4') })).toMatchObject({ status: 401 })
    expect(await refused(world, from('1.2.3.5'))).toMatchObject({ status: 429 })
  })
})
