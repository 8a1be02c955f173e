/**
 * What judging a result costs with all filters on, in µs: everyday values, hostile ones, and the worst that fit into a
 * frame; and what the node's event loop feels of a large one that is judged by a worker.
 *
 * Machines differ, and so does one machine from minute to minute: beside each time stands how many times as long it
 * took as the floor, which is looking for six words in 4 kB by one expression.
 *
 * Each case prints one JSON line. `node dist/bench/gate.js [--tiny] [--only PART-OF-NAME]`
 */

import { systemClock } from '../src/clock.js'
import { Raw } from '../src/protocol/raw.js'
import { createJudgingPool } from '../src/safety/apart/judgingPool.js'
import { createGate } from '../src/safety/gate.js'
import { hashOfOutput } from '../src/safety/outputHash.js'
import { defaultPolicy } from '../src/safety/policy.js'
import { isTiny, printCase, printMachine } from './report.js'

const onlyAt = process.argv.indexOf('--only')
const only = onlyAt < 0 ? '' : (process.argv[onlyAt + 1] ?? '')
const gate = createGate(() => defaultPolicy)
let floorUs = 0

printMachine('gate')

function judge(value: unknown): string {
  return gate.judge({ tenant: 't_bench', queue: 'bench', kind: 'result', value, confidence: 0.9 }).kind
}

/** Says the p50. */
function measure(name: string, rounds: number, run: () => string): number {
  if (!name.includes(only) && floorUs > 0) return 0
  const counted = isTiny ? Math.min(rounds, 3) : rounds
  for (let i = 0; i < counted / 2; i += 1) run()
  const timesUs: number[] = []
  let answer = ''
  for (let i = 0; i < counted; i += 1) {
    const started = performance.now()
    answer = run()
    timesUs.push((performance.now() - started) * 1_000)
  }
  return print(name, timesUs, { answer: answer.slice(0, 4) })
}

function print(name: string, timesUs: number[], more: Readonly<Record<string, unknown>>): number {
  timesUs.sort((a, b) => a - b)
  const at = (share: number) => timesUs[Math.floor(share * (timesUs.length - 1))] ?? 0
  const p50Us = at(0.5)
  const floors = floorUs === 0 ? 1 : p50Us / floorUs
  printCase('gate', name, { rounds: timesUs.length, p50Us, p99Us: at(0.99), floors, ...more })
  return p50Us
}

const sentence =
  'Shipping of the quarterly report was possibly decreased across all regions, because of options selected by suppliers. '

const small = {
  label: 'ham',
  score: 0.9371,
  subject: 'Re: meeting moved to Thursday, same room as last time',
  folder: 'inbox/work',
  seen: 1_762_300_000_123,
  ids: ['b1946ac9-2d60', 'Qm7Yp0sKzT1x'],
  reasons: ['known sender', 'no links', 'usual hours'],
}

function json4k(prose: string): unknown {
  const rows = Array.from({ length: 12 }, (_, i) => ({
    id: `V1StGXR8_Z5jdHi6B-my${i}`,
    at: `2025-03-${10 + i}T08:15:42.${100 + i}Z`,
    count: i * 7_919,
    note: prose.repeat(2),
  }))
  return { source: 'reports', rows }
}

const nested = (depth: number): unknown => {
  let value: unknown = 'end'
  for (let i = 0; i < depth; i += 1) value = [value]
  return value
}

const json4kAscii = json4k(sentence)
const json4kAccents = json4k(sentence.replaceAll('e', 'é').replaceAll('s ', 's – '))
const text4k = sentence.repeat(40).slice(0, 4_096)
const chinese4k = '季度报告显示，由于供应商的选择，各地区的运输成本下降。'.repeat(60).slice(0, 1_365)
const deep = nested(10_000)
const manyKeys = Object.fromEntries(Array.from({ length: 150_000 }, (_, i) => [`k${i}`, i]))

const ids = [
  'b1946ac9-2d60-4a1c-9d8e-6f0a2b3c4d5e',
  'Qm7Yp0sKzT1x',
  '4f2e9a7c',
  'run_2025_03_10_081542',
  'n0de-17.eu-west-1',
]
const json4kIds = Array.from({ length: 24 }, (_, i) => ({
  id: ids[i % ids.length],
  startedAt: `2025-03-10T08:${10 + i}:42.123Z`,
  finishedAt: 1_741_594_542_123 + i * 1_017,
  version: `1.${i}.${i * 3}`,
  path: `/srv/reports/2025/03/${i}/summary.json`,
  status: 'done',
}))
const json256k = Array.from({ length: 64 }, () => json4kAscii)
const of = (part: string, size: number): string => part.repeat(Math.ceil(size / part.length)).slice(0, size)
const words = /password|secret|delete|override|ssn|pii/i

/** What each filter likes least. Parts of secrets are put together, so that this file holds none. */
const hostile: Readonly<Record<string, string>> = {
  ssn: 'ssn ',
  'starts of keywords': 'p a s s w o r ',
  'names of secrets': 'api_key: ',
  assignments: `api_key: ${'n0tAR3al'}T0ken4 `,
  'private keys': `-----BEGIN ${'PRIVATE'} KEY-----\n`,
  'tokens near words': `token ${'ghp'}_x ${'AKIA'}Q3 secret `,
  'starts of JWTs': 'eyJhbGciOi.eyJ',
  'addresses with passwords': 'postgres://u:p@h ',
  'digits in rows': '1 23-45.67 ',
  'card numbers': '4111 1111 1111 1111 ',
  'phone numbers': 'tel +49 30 1234567 ',
  'at signs': 'a@b.c@',
  'signs of e-mail': '!#$%&*+-/=?^_`{|}~.',
  'IP addresses': '10.0.0.1 fe80::1:2 ',
  'house numbers': '12 Main Rue via 5 ',
  'dates of birth': 'born 14 March 1985 ',
  base64: 'cGFzc3dvcmQg',
  hex: '70617373776f7264',
  'hex in groups': '70 61 73 ',
  percent: '%70%61%73',
  entities: '&#112;&#97;',
  'single letters': 'a b c - d ',
  'digits for letters': 'p4$$ 1l1 w0rd ',
  deletions: 'delete the all of rm -rf drop ',
  'look-alikes': 'раѕѕwоrd ',
  invisible: 'a\u200b',
  expanding: '\ufdfa',
}

floorUs = measure('floor: six words by one expression in 4 kB', 20_000, () => String(words.test(text4k)))
measure('json of 256 B', 50_000, () => judge(small))
measure('json of 4 kB, ascii', 10_000, () => judge(json4kAscii))
measure('json of 4 kB, ids and times', 10_000, () => judge(json4kIds))
measure('json of 4 kB, accents', 10_000, () => judge(json4kAccents))
measure('text of 4 kB, ascii', 10_000, () => judge(text4k))
measure('text of 4 kB, chinese', 10_000, () => judge(chinese4k))
measure('hash of 4 kB', 10_000, () => hashOfOutput(json4kAscii))
for (const [name, part] of Object.entries(hostile)) {
  measure(`hostile 4 kB: ${name}`, 200, () => judge(of(part, 4_096)))
  measure(`hostile 256 kB: ${name}`, 10, () => judge(of(part, 262_144)))
}
measure('json of 256 kB', 50, () => judge(json256k))
measure('1 MiB of s', 10, () => judge('s'.repeat(1_048_576)))
measure('1 MiB of delete and gaps', 10, () => judge(`delete ${' '.repeat(1_048_560)}`))
measure('10,000 deep', 50, () => judge(deep))
measure('150,000 keys', 10, () => judge(manyKeys))
if ('worker'.includes(only)) await measureWorker('256 kB in a worker', Raw.of(json256k).bytes, 100)

/** How long its answer takes, and by how much a timer of 1 ms is late meanwhile. */
async function measureWorker(name: string, bytes: Uint8Array, rounds: number): Promise<void> {
  const pool = createJudgingPool({ clock: systemClock(), workers: 1 })
  const said = { tenant: 't_bench', queue: 'bench', kind: 'result', confidence: 0.9, document: null, drawn: 1 } as const
  const judged = () =>
    new Promise<string>((resolve) => {
      pool.judge({ ...said, bytes, deadlineMs: 60_000 }, (told) => resolve(told.kind))
    })
  for (let i = 0; i < (isTiny ? 1 : 20); i += 1) await judged()
  const timesUs: number[] = []
  let lagUs = 0
  let lastTick = performance.now()
  const ticks = setInterval(() => {
    const tick = performance.now()
    lagUs = Math.max(lagUs, (tick - lastTick - 1) * 1_000)
    lastTick = tick
  }, 1)
  for (let i = 0; i < (isTiny ? 1 : rounds); i += 1) {
    const started = performance.now()
    await judged()
    timesUs.push((performance.now() - started) * 1_000)
  }
  clearInterval(ticks)
  print(name, timesUs, { worstLagUs: lagUs })
  await pool.close()
}
