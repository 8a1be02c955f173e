import { describe, expect, test } from 'vitest'
import { flagOf, knobs, readClientConfig, readConfig, variableOf } from '../../src/config.js'
import { UsageError } from '../../src/errors.js'

const secret = 's'.repeat(32)

describe('config', () => {
  test('[C1] every knob has a default, which is read where nothing is given', () => {
    const config = readConfig({}, { PATH: '/bin' })
    expect(config).toMatchObject({ host: '127.0.0.1', port: 7_700, data: '.chimera', heartbeatMs: 5_000 })
    expect(Object.keys(config)).toEqual(Object.keys(knobs))
    for (const [name, knob] of Object.entries(knobs)) expect(knob.why, name).not.toBe('')
  })

  test('[C2] a flag wins over its variable, a variable over the default; an empty variable is none', () => {
    expect(readConfig({}, { CHIMERA_PORT: '8000' }).port).toBe(8_000)
    expect(readConfig({ port: '9000' }, { CHIMERA_PORT: '8000' }).port).toBe(9_000)
    expect(readConfig({}, { CHIMERA_PORT: '' }).port).toBe(7_700)
  })

  test('[C3] what is wrong is refused, naming the flag or variable and what was expected', () => {
    const wrong: [Record<string, string>, Record<string, string>, RegExp][] = [
      [{ port: '70000' }, {}, /^--port: expected an integer from 0 to 65535, got "70000"$/],
      [{ port: '1e3' }, {}, /^--port/],
      [{ port: '-1' }, {}, /^--port/],
      [{ port: '' }, {}, /^--port/],
      [{ logLevel: 'loud' }, {}, /^--log-level: expected one of debug, info/],
      [{}, { CHIMERA_HEARTBEAT_MS: '5s' }, /^CHIMERA_HEARTBEAT_MS: expected an integer/],
      [{}, { CHIMERA_ALLOWED_ORIGINS: 'example.org' }, /^CHIMERA_ALLOWED_ORIGINS: expected origins/],
      [{}, { CHIMERA_ALLOWED_ORIGINS: 'https://example.org/path' }, /^CHIMERA_ALLOWED_ORIGINS/],
      [{ jwksUrl: 'ftp://example.org' }, {}, /^--jwks-url: expected an http/],
      [{ redis: 'localhost:6379' }, {}, /^--redis: expected an address that begins with redis:.* got 14 characters$/],
    ]
    for (const [flags, env, message] of wrong) {
      expect(() => readConfig(flags, env)).toThrow(UsageError)
      expect(() => readConfig(flags, env)).toThrow(message)
    }
  })

  test('[C4] the secret is a variable alone, long enough, and never shown', () => {
    expect(readConfig({}, { CHIMERA_JWT_SECRET: secret }).jwtSecret).toBe(secret)
    expect(() => readConfig({ jwtSecret: secret }, {})).toThrow(/set CHIMERA_JWT_SECRET instead/)
    expect(() => readConfig({}, { CHIMERA_JWT_SECRET: 'hunter2' })).toThrow(/^CHIMERA_JWT_SECRET: .* got 7 characters$/)
    const both = { CHIMERA_JWT_SECRET: secret, CHIMERA_JWKS_URL: 'https://id.example.org/keys' }
    expect(() => readConfig({}, both)).toThrow(/expected one of them, got both/)
  })

  test('[C5] a CHIMERA_ variable that nobody reads is refused, with the nearest that is', () => {
    expect(() => readConfig({}, { CHIMERA_PROT: '1' })).toThrow(
      'CHIMERA_PROT: there is no such variable; did you mean CHIMERA_PORT?',
    )
    expect(() => readConfig({}, { CHIMERA_JWT_SECRT: secret })).toThrow(/CHIMERA_JWT_SECRET\?$/)
    expect(readConfig({}, { CHIMERA_URL: 'http://localhost:7700', CHIMERA_TOKEN: 't' }).port).toBe(7_700)
  })

  test('[C6] flags and variables are named after their knobs', () => {
    expect([flagOf('allowedOrigins'), variableOf('allowedOrigins')]).toEqual([
      '--allowed-origins',
      'CHIMERA_ALLOWED_ORIGINS',
    ])
    expect(readConfig({}, { CHIMERA_ALLOWED_ORIGINS: 'https://a.org, http://b.org:81' }).allowedOrigins).toEqual([
      'https://a.org',
      'http://b.org:81',
    ])
  })

  test('[C7] clients read their own two', () => {
    expect(readClientConfig({ CHIMERA_URL: 'u', CHIMERA_TOKEN: '' })).toEqual({ url: 'u' })
  })
})
