import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { virtualClock } from '../../src/clock.js'
import { createAuthenticator, signToken } from '../../src/transport/authentication.js'

const origin = 1_700_000_000_000
const secret = new Uint8Array(32).fill(7)
const claims = { sub: 'ann', tenant: 't_acme', roles: ['agent'], ttlSeconds: 60, now: origin }

const authenticatorAt = (clock = virtualClock({ origin })) => createAuthenticator({ keys: { secret }, clock })

/** Signs whatever it is told to. */
const sign = (payload: object, alg = 'HS256', key: Uint8Array = secret) =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg }).sign(key)

describe('tokens of a shared secret', () => {
  test('[X40] a good one says who it is and until when', async () => {
    expect(await authenticatorAt().authenticate(await signToken(secret, claims))).toEqual({
      kind: 'ok',
      identity: { tenant: 't_acme', sub: 'ann', roles: ['agent'] },
      expiresAt: origin + 60_000,
    })
  })

  test('[X40] each claim must be there and of its format, and the reason names it', async () => {
    const exp = origin / 1_000 + 60
    const good = { sub: 'ann', tenant: 't_acme', roles: ['agent'], exp }
    const wrong: [object, string][] = [
      [{ ...good, sub: undefined }, 'sub'],
      [{ ...good, sub: 'a/b' }, 'sub'],
      [{ ...good, sub: 'a\u0007' }, 'sub'],
      [{ ...good, sub: 'x'.repeat(129) }, 'sub'],
      [{ ...good, tenant: undefined }, 'tenant'],
      [{ ...good, tenant: 'acme' }, 'tenant'],
      [{ ...good, tenant: 't_ACME' }, 'tenant'],
      [{ ...good, roles: undefined }, 'roles'],
      [{ ...good, roles: 'admin' }, 'roles'],
      [{ ...good, roles: [] }, 'roles'],
      [{ ...good, roles: [1] }, 'roles'],
      [{ ...good, exp: undefined }, 'exp'],
      [{ ...good, exp: '9999999999' }, 'exp'],
      [{ ...good, nbf: exp + 1_000 }, 'nbf'],
    ]
    for (const [payload, claim] of wrong) {
      const found = await authenticatorAt().authenticate(await sign(payload))
      expect(found, claim).toMatchObject({ kind: 'refused', why: expect.stringContaining(claim) })
    }
  })

  test('[X40] another algorithm, none, another secret, and what is no token are refused', async () => {
    const payload = { sub: 'ann', tenant: 't_acme', roles: ['agent'], exp: origin / 1_000 + 60 }
    const [, body] = (await sign(payload)).split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`
    const tokens = [
      await sign(payload, 'HS512', new Uint8Array(64).fill(7)),
      await sign(payload, 'HS256', new Uint8Array(32).fill(8)),
      none,
      '',
      'a.b.c',
      'x'.repeat(20_000),
    ]
    for (const token of tokens) expect(await authenticatorAt().authenticate(token)).toMatchObject({ kind: 'refused' })
  })

  test('[X41] an issuer whose clock is a minute behind is understood; then the token has the rest of that minute', async () => {
    const clock = virtualClock({ origin })
    const token = await signToken(secret, claims)
    clock.advance(100_000)
    expect(await authenticatorAt(clock).authenticate(token)).toMatchObject({ kind: 'ok', expiresAt: origin + 120_000 })
    clock.advance(20_000)
    expect(await authenticatorAt(clock).authenticate(token)).toMatchObject({ kind: 'refused' })
  })

  test('[X41] a token that was good before is not good after its end', async () => {
    const clock = virtualClock({ origin })
    const authenticator = authenticatorAt(clock)
    const token = await signToken(secret, claims)
    expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'ok' })
    expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'ok' })
    clock.advance(120_000)
    expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'refused' })
  })
})

describe('tokens of an issuer with public keys', () => {
  let issuer: Server | undefined
  afterEach(() => issuer?.close())

  const serve = async (answer: string, status = 200): Promise<URL> => {
    issuer = createServer((_request, response) => response.writeHead(status).end(answer))
    await new Promise<void>((resolve) => issuer?.listen(0, '127.0.0.1', resolve))
    return new URL(`http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys`)
  }

  for (const alg of ['RS256', 'ES256', 'EdDSA']) {
    test(`[X42] ${alg} by a key of the JWKS`, async () => {
      const { publicKey, privateKey } = await generateKeyPair(alg)
      const jwks = await serve(JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg, kid: 'k' }] }))
      const authenticator = createAuthenticator({ keys: { jwks }, clock: virtualClock({ origin }) })
      const payload = { sub: 'ann', tenant: 't_acme', roles: ['agent'], exp: origin / 1_000 + 60 }
      const token = await new SignJWT(payload).setProtectedHeader({ alg, kid: 'k' }).sign(privateKey)
      expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'ok' })
      expect(await authenticator.authenticate(await sign(payload))).toMatchObject({ kind: 'refused' })
    })
  }

  test('[X42] keys that cannot be had are nobody’s fault: no word on the token', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const payload = { sub: 'ann', tenant: 't_acme', roles: ['agent'], exp: origin / 1_000 + 60 }
    const token = await new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k' }).sign(privateKey)
    for (const jwks of [await serve('no', 500), await serve('no'), await serve('{}'), new URL('http://127.0.0.1:1/')]) {
      const authenticator = createAuthenticator({ keys: { jwks }, clock: virtualClock({ origin }) })
      expect(await authenticator.authenticate(token)).toMatchObject({ kind: 'unavailable' })
      issuer?.close()
    }
  })
})
