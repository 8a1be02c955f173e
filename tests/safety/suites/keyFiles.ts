/** Private keys of each kind of file, made at each run by what makes them for people, and signed tokens. */

import { createHmac, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { Instance } from './instance.js'

type Made = readonly [string, string]

export function privateKeys(): readonly Instance[] {
  const pairs: readonly (readonly [string, KeyObject])[] = [
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    ['EC', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey],
    ['X25519', generateKeyPairSync('x25519').privateKey],
    ['DSA', generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey],
  ]
  const made = pairs.flatMap(([kind, key]): Made[] => [
    [`${kind}, PKCS #8`, pem(key, 'pkcs8')],
    [
      `${kind}, encrypted`,
      String(key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })),
    ],
    ...(kind === 'RSA' ? [[`${kind}, PKCS #1`, pem(key, 'pkcs1')] as const] : []),
    ...(kind === 'EC' || kind === 'P-384' ? [[`${kind}, SEC 1`, pem(key, 'sec1')] as const] : []),
    ...(kind === 'DSA' ? [] : [[`${kind}, JWK`, JSON.stringify(key.export({ format: 'jwk' }))] as const]),
  ])
  const others: readonly Made[] = [
    ['OpenSSH', armoured('OPENSSH PRIVATE KEY', Buffer.concat([Buffer.from('openssh-key-v1\0'), randomBytes(300)]))],
    ['PGP', armoured('PGP PRIVATE KEY BLOCK', randomBytes(400))],
    [
      'SSH2',
      `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nComment: "key"\n${lines(randomBytes(200))}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`,
    ],
    [
      'PuTTY',
      `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: key\nPublic-Lines: 2\n${lines(randomBytes(51))}\nPrivate-Lines: 1\n${randomBytes(36).toString('base64')}\nPrivate-MAC: ${randomBytes(32).toString('hex')}\n`,
    ],
    ['JWK, symmetric', JSON.stringify({ kty: 'oct', k: randomBytes(32).toString('base64url'), alg: 'HS256' })],
  ]
  return [...made, ...others].map(([kind, value]) => ({ kind, label: 'key', value, isPlain: true }))
}

/** A set as an identity server writes it, with the private halves. */
export function keySet(): unknown {
  const jwk = (key: KeyObject) => ({ kid: 'a1', use: 'sig', ...key.export({ format: 'jwk' }) })
  return {
    keys: [
      jwk(generateKeyPairSync('ed25519').privateKey),
      jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    ],
  }
}

/** What may be given to anybody. */
export function publicKeys(): readonly unknown[] {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
  const ed = generateKeyPairSync('ed25519').publicKey
  return [
    rsa.export({ format: 'jwk' }),
    ed.export({ format: 'jwk' }),
    rsa.export({ type: 'spki', format: 'pem' }),
    JSON.stringify({ keys: [ed.export({ format: 'jwk' })] }),
  ]
}

export function signedTokens(): readonly Instance[] {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const heads = [
    { alg: 'HS256', typ: 'JWT' },
    { typ: 'JWT', alg: 'HS512' },
    { kid: 'k1', alg: 'HS256' },
    { alg: 'HS256' },
  ]
  const made = heads.map((head) => {
    const signed = `${part(head)}.${part({ sub: '1234567890', name: 'Ann', iat: 1_516_239_022 })}`
    const hash = head.alg === 'HS512' ? 'sha512' : 'sha256'
    return `${signed}.${createHmac(hash, randomBytes(32)).update(signed).digest('base64url')}`
  })
  return made.map((value) => ({ kind: 'JWT', label: 'value', value, isPlain: true }))
}

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1') =>
  String(
    createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })).export({ type: type as 'pkcs8', format: 'pem' }),
  )
const lines = (bytes: Buffer) => bytes.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')
const armoured = (name: string, bytes: Buffer) =>
  `-----BEGIN ${name}-----\n${name.startsWith('PGP') ? '\n' : ''}${lines(bytes)}\n-----END ${name}-----\n`
