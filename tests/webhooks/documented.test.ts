/** What docs/webhooks.md gives for verifying, run as it stands there on requests that were signed here. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { secretFrom, signedHeaders } from '../../src/webhooks/signature.js'

const text = readFileSync(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8')

const blockOf = (language: string): string => {
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text) ?? []
  return code
}

const run = (command: string, args: readonly string[], cases: readonly object[]): unknown => {
  const { stdout, stderr } = spawnSync(command, args, { input: JSON.stringify(cases), encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const secret = secretFrom('one')
const former = secretFrom('another')
const body = '{"type":"ping","umlaut":"ü"}'
const now = Date.now()
const signed = (at: number, secrets: Parameters<typeof signedHeaders>[0]) =>
  signedHeaders(secrets, { id: 'evt_1', body }, at)
const both = { secret, formerSecret: { secret: former, until: now + 1_000_000 } }
const cases = [
  { headers: signed(now, { secret }), body, secret },
  { headers: signed(now, both), body, secret },
  { headers: signed(now, both), body, secret: former },
  { headers: signed(now, { secret }), body, secret: former },
  { headers: signed(now, { secret }), body: body.replace('ping', 'pong'), secret },
  { headers: { ...signed(now, { secret }), 'webhook-id': 'evt_2' }, body, secret },
  { headers: signed(now - 301_000, { secret }), body, secret },
  {
    headers: { ...signed(now - 301_000, { secret }), 'webhook-timestamp': String(Math.floor(now / 1_000)) },
    body,
    secret,
  },
]
const expected = [true, true, true, false, false, false, false, false]

test('[WH6] the Python of the documentation tells genuine requests', () => {
  const rest = `
import json, sys
print(json.dumps([is_genuine(one["headers"], one["body"].encode(), one["secret"]) for one in json.load(sys.stdin)]))
`
  expect(run('python3', ['-c', blockOf('python') + rest], cases)).toEqual(expected)
})

test('[WH6] the Node of the documentation tells genuine requests', () => {
  const rest = `
let given = ''
for await (const part of process.stdin) given += part
console.log(JSON.stringify(JSON.parse(given).map((one) => isGenuine(one.headers, one.body, one.secret))))
`
  expect(run(process.execPath, ['--input-type=module', '-e', blockOf('js') + rest], cases)).toEqual(expected)
})
