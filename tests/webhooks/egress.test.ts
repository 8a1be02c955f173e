/** The way out: whom it reaches, whom it doesn't, and what it says of targets that behave badly. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { addressRule } from '../../src/webhooks/addresses.js'
import { createEgress } from '../../src/webhooks/egress.js'
import { signedHeaders } from '../../src/webhooks/signature.js'
import { failing, hanging, openTarget } from './target.js'

const loopback = ['127.0.0.0/8']

const egressOf = (networks: readonly string[], timeoutMs = 10_000) => {
  const egress = createEgress({ networks, timeoutMs })
  onTestFinished(() => egress.close())
  return egress
}

const to = (url: string, body = '{"id":"e","type":"t"}') => ({ url, headers: { 'webhook-id': 'e' }, body })

describe('addresses', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.9.9.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'no address',
  ])('[WH1] %s is reached by nobody', (address) => {
    expect(addressRule([]).allows(address, false)).toBe(false)
  })

  test.each(['8.8.8.8', '172.15.0.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111'])(
    '[WH1] %s is of the public internet, and never without TLS',
    (address) => {
      expect(addressRule([]).allows(address, false)).toBe(true)
      expect(addressRule(['0.0.0.0/0', '::/0']).allows(address, true)).toBe(false)
    },
  )

  test('[WH1] a network that the node allows is reached, and no other', () => {
    const rule = addressRule(['10.1.0.0/16', 'fd00::/8', '192.168.7.7'])
    for (const address of ['10.1.2.3', 'fd12::1', '192.168.7.7']) expect(rule.allows(address, false)).toBe(true)
    for (const address of ['10.2.2.3', 'fc00::1', '192.168.7.8']) expect(rule.allows(address, false)).toBe(false)
  })

  test.each([
    ['http://example.org/', 'https'],
    ['ftp://example.org/', 'https'],
    ['nonsense', 'https'],
    ['https://user:word@example.org/', 'user'],
    ['https://example.org/#part', 'fragment'],
    ['https://127.0.0.1/', 'public internet'],
    ['https://0x7f.1/', 'public internet'],
    ['https://2130706433/', 'public internet'],
    ['https://[::1]/', 'public internet'],
    ['https://[::ffff:a00:1]/', 'public internet'],
    ['https://169.254.169.254/latest', 'public internet'],
    [`https://example.org/${'a'.repeat(3_000)}`, '2048'],
  ])('[WH2] %.60s is refused as it is written', (url, why) => {
    expect(egressOf([]).whyRefused(url)).toContain(why)
  })

  test('[WH2] what is nothing like that may be written', () => {
    expect(egressOf([]).whyRefused('https://example.org:8443/hook?a=b')).toBeNull()
    expect(egressOf(loopback).whyRefused('http://127.0.0.1:9000/hook')).toBeNull()
    expect(egressOf(loopback).whyRefused('http://10.0.0.1/hook')).toContain('https')
  })

  test('[WH3] a name that stands for this machine reaches nothing', async () => {
    const target = await openTarget()
    const { port } = new URL(target.url)
    const posted = await egressOf([]).post(to(`https://localhost:${port}/hook`))
    expect(posted).toMatchObject({ kind: 'failed', why: expect.stringContaining('public internet') })
    expect(target.delivered).toEqual([])
    expect(await egressOf(loopback).post(to(`http://localhost:${port}/hook`))).toMatchObject({ status: 200 })
  })
})

describe('targets', () => {
  test('[WH4] whoever answers is told by the status, and asks for a pause', async () => {
    const target = await openTarget()
    const egress = egressOf(loopback)
    expect(await egress.post(to(target.url))).toMatchObject({ kind: 'answered', status: 200 })
    target.answer = (response) => response.writeHead(503, { 'retry-after': '7' }).end()
    expect(await egress.post(to(target.url))).toMatchObject({ status: 503, retryAfterMs: 7_000 })
    target.answer = failing
    expect(await egress.post(to(target.url))).toMatchObject({ status: 500 })
    expect(target.delivered.map(({ headers }) => headers['content-type'])).toEqual(Array(3).fill('application/json'))
  })

  test('[WH4] no redirect is followed', async () => {
    const elsewhere = await openTarget()
    const target = await openTarget()
    target.answer = (response) => response.writeHead(307, { location: elsewhere.url }).end()
    expect(await egressOf(loopback).post(to(target.url))).toMatchObject({ kind: 'answered', status: 307 })
    expect(elsewhere.delivered).toEqual([])
  })

  test('[WH4] one that hangs is given up in time', async () => {
    const target = await openTarget()
    target.answer = hanging
    const posted = await egressOf(loopback, 200).post(to(target.url))
    expect(posted).toMatchObject({ kind: 'failed', why: 'no answer within 200 ms' })
  })

  test('[WH4] one that talks without end is cut off, and was told', async () => {
    const target = await openTarget()
    let isCut: () => void = () => {}
    const cut = new Promise<void>((resolve) => {
      isCut = resolve
    })
    target.answer = (response) => {
      response.on('close', isCut)
      const say = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', say)
      say()
    }
    expect(await egressOf(loopback).post(to(target.url))).toMatchObject({ kind: 'answered', status: 200 })
    await cut
  })

  test('[WH4] one that is gone, or answers nonsense, has failed', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('what?\r\n\r\n'),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const egress = egressOf(loopback)
    expect(await egress.post(to(url))).toMatchObject({ kind: 'failed' })
    server.close()
    await once(server, 'close')
    expect(await egress.post(to(url))).toMatchObject({ kind: 'failed', why: expect.stringContaining('ECONNREFUSED') })
  })
})

test('[WH5] signatures are those of Standard Webhooks, whose published example comes out the same', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}' }
  expect(signedHeaders({ secret }, message, 1_614_265_330_000)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})
