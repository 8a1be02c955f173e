import { expect, test } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { parseRedisAddress, showRedisAddress } from '../../src/ledger/redis/address.js'

const open = { isTls: false, db: 0 }

test.each([
  ['redis://db.example', { kind: 'single', server: { host: 'db.example', port: 6_379 }, access: open }],
  [
    'rediss://me:p%40ss%2F@[::1]:7000/3',
    {
      kind: 'single',
      server: { host: '::1', port: 7_000 },
      access: { isTls: true, username: 'me', password: 'p@ss/', db: 3 },
    },
  ],
  [
    'redis+sentinel://:secret@a,b:7/main/2',
    {
      kind: 'sentinel',
      sentinels: [
        { host: 'a', port: 26_379 },
        { host: 'b', port: 7 },
      ],
      master: 'main',
      access: { isTls: false, password: 'secret', db: 2 },
      sentinelAccess: open,
    },
  ],
  [
    'rediss+sentinel://me:one@a/main?sentinel=:tw%40',
    {
      kind: 'sentinel',
      sentinels: [{ host: 'a', port: 26_379 }],
      master: 'main',
      access: { isTls: true, username: 'me', password: 'one', db: 0 },
      sentinelAccess: { isTls: true, password: 'tw@', db: 0 },
    },
  ],
  [
    'redis+cluster://10.0.0.1:7001,10.0.0.2',
    {
      kind: 'cluster',
      servers: [
        { host: '10.0.0.1', port: 7_001 },
        { host: '10.0.0.2', port: 6_379 },
      ],
      access: open,
    },
  ],
])('[RC1] the address %s names one server, a master behind Sentinels, or a cluster', (text, address) => {
  expect(parseRedisAddress(text)).toEqual(address)
})

test.each([
  ['http://secret@host', 'scheme'],
  ['redis+magic://secret', 'scheme'],
  ['redis://secret@host', 'password'],
  ['redis://u:%zz-secret@host', 'password'],
  ['redis://', 'host'],
  ['redis://a,b/0', 'host'],
  ['redis://a:70000', 'port'],
  ['redis://:secret@a/five', 'path'],
  ['redis://:secret@a/5/6', 'path'],
  ['redis+sentinel://:secret@a', 'path'],
  ['redis+sentinel://:secret@a/main?sentinel=secret', 'password'],
  ['redis://:secret@a/1?sentinel=:secret', 'path'],
  ['redis+cluster://:secret@a/1', 'path'],
])('[RC2] the address %s is refused, naming the part and repeating nothing of it', (text, part) => {
  const refuse = () => parseRedisAddress(text)
  expect(refuse).toThrow(UsageError)
  expect(refuse).toThrow(new RegExp(`: ${part}: expected`))
  expect(refuse).not.toThrow(/secret/)
})

test('[RC3] an address is shown without name and password', () => {
  const shown = (text: string) => showRedisAddress(parseRedisAddress(text))
  expect(shown('rediss://me:secret@[::1]:7000/3')).toBe('rediss://[::1]:7000/3')
  expect(shown('redis+sentinel://me:secret@a,b/main?sentinel=:secret')).toBe('redis+sentinel://a:26379,b:26379/main')
  expect(shown('redis+cluster://me:secret@a,b')).toBe('redis+cluster://a:6379,b:6379')
})
