/**
 * What judging a result costs the node's event loop, in µs: everyday values, and the worst that fit into a frame.
 *
 * Each case prints one JSON line. `node dist/bench/gate.js [--tiny]`
 */

import { createGate } from '../src/safety/gate.js'
import { hashOfOutput } from '../src/safety/outputHash.js'
import { defaultPolicy } from '../src/safety/policy.js'

const isTiny = process.argv.includes('--tiny')
const gate = createGate(() => defaultPolicy)

function judge(value: unknown): string {
  return gate.judge({ tenant: 't_bench', queue: 'bench', kind: 'result', value, confidence: 0.9 }).kind
}

function measure(name: string, rounds: number, run: () => string): void {
  const counted = isTiny ? Math.min(rounds, 3) : rounds
  for (let i = 0; i < counted / 2; i += 1) run()
  const timesUs: number[] = []
  let answer = ''
  for (let i = 0; i < counted; i += 1) {
    const started = process.hrtime.bigint()
    answer = run()
    timesUs.push(Number(process.hrtime.bigint() - started) / 1_000)
  }
  timesUs.sort((a, b) => a - b)
  const at = (share: number) => Math.round((timesUs[Math.floor(share * (counted - 1))] ?? 0) * 10) / 10
  console.log(
    JSON.stringify({
      bench: 'gate',
      name,
      rounds: counted,
      p50Us: at(0.5),
      p99Us: at(0.99),
      answer: answer.slice(0, 4),
    }),
  )
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

measure('json of 256 B', 50_000, () => judge(small))
measure('json of 4 kB, ascii', 10_000, () => judge(json4kAscii))
measure('json of 4 kB, accents', 10_000, () => judge(json4kAccents))
measure('text of 4 kB, ascii', 10_000, () => judge(text4k))
measure('text of 4 kB, chinese', 10_000, () => judge(chinese4k))
measure('hash of 4 kB', 10_000, () => hashOfOutput(json4kAscii))
measure('hostile: 4 kB of ssn', 2_000, () => judge('ssn '.repeat(1_024)))
measure('hostile: 1 MiB of s', 10, () => judge('s'.repeat(1_048_576)))
measure('hostile: 1 MiB of ssn', 10, () => judge('ssn '.repeat(262_144)))
measure('hostile: 1 MiB of delete and gaps', 10, () => judge(`delete ${' '.repeat(1_048_560)}`))
measure('hostile: 1 MiB of passwor', 10, () => judge('passwor '.repeat(131_072)))
measure('hostile: 350 thousand points that expand', 10, () => judge('\ufdfa'.repeat(349_525)))
measure('hostile: 10,000 deep', 50, () => judge(deep))
measure('hostile: 150,000 keys', 10, () => judge(manyKeys))
