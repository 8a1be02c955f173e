/**
 * A backtest: a policy that isn't in force judges what went by. What passed is in the records of tasks, as long as they
 * are kept; what was held is on cards, with what people decided. The newest first, so many of each.
 *
 * Each page is judged in one go, between reads, so a page is small. Samples are left out: they say nothing of an output.
 */
import type { Fields } from '../ledger/port.js'
import { Raw } from '../protocol/raw.js'
import type { CardStatus } from '../protocol/records.js'
import { cardOf } from '../review/card.js'
import { createGate, filtersOf } from '../safety/gate.js'
import type { TenantPolicy } from '../safety/policy/document.js'
import { boundedRead } from '../tasks/boundedRead.js'
import type { Desk } from '../tasks/desk.js'
import { cardKey, cardSet, taskKey, taskSet } from '../tasks/keys.js'
import { type Procedure, range, now as readNow } from '../tasks/procedure.js'
import { taskOf } from '../tasks/task.js'
import type { Reason, Said, Verdict } from '../tasks/verdict.js'

type Went = 'passed' | CardStatus

/** `was`: what became of it; `would`: what this policy says. */
export type BacktestChange = {
  readonly task: string
  readonly queue: string
  readonly was: Went
  readonly would: 'pass' | 'hold'
  readonly reason?: Reason
  readonly rules?: readonly string[]
  readonly details?: string
  readonly review?: string
}

export type Backtest = {
  readonly version: string
  /** By what became of it: how much was judged, and how much of it the policy would pass and hold. */
  readonly counts: Readonly<Partial<Record<Went, { readonly pass: number; readonly hold: number }>>>
  /** Of all that it would hold, how often each rule was among the reasons. */
  readonly byRule: Readonly<Record<string, number>>
  /** What would have gone another way, at most so many. */
  readonly changes: readonly BacktestChange[]
  /** There is more than was judged. */
  readonly isBounded: boolean
}

export const backtestDefault = 1_000
export const backtestMost = 10_000

const changesMost = 200
const pageMembers = 16
const pageBytes = 262_144
const decided: readonly CardStatus[] = ['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED']

/** One thing that went by. */
type Past = {
  readonly said: Said
  readonly was: Went
  readonly about: Pick<BacktestChange, 'task' | 'queue' | 'review'>
}

export function* backtest(
  { shards }: Pick<Desk, 'shards'>,
  tenant: string,
  policy: TenantPolicy,
  limit = backtestDefault,
): Procedure<Backtest> {
  const gate = createGate(
    ({ queue }) => policy.forQueue(queue),
    filtersOf,
    () => 1,
  )
  const tally = new Tally(policy.version)
  const at = yield* readNow()
  const each = Math.ceil(Math.min(limit, backtestMost) / shards)
  const results: Source = { set: taskSet(tenant, 'COMPLETED'), keyOf: taskKey, pastOf: pastResult }
  const cards = decided.map((status): Source => ({ set: cardSet(tenant, status), keyOf: cardKey, pastOf: pastCard }))
  for (let shard = 0; shard < shards; shard++) {
    for (const source of [results, ...cards]) {
      const hasMore = yield* readNewest(source, shard, each, (fields) => {
        const past = source.pastOf(fields, at)
        if (past !== null) tally.count(past, gate.judge(past.said))
      })
      if (hasMore) tally.isBounded = true
    }
  }
  return tally.sum()
}

type Source = {
  readonly set: string
  readonly keyOf: (member: string) => string
  readonly pastOf: (fields: Fields, at: number) => Past | null
}

/** True: there are more. */
function* readNewest(
  { set, keyOf }: Source,
  shard: number,
  most: number,
  see: (fields: Fields) => void,
): Procedure<boolean> {
  let after: string | undefined
  for (let left = most; left > 0; left -= pageMembers) {
    const limit = Math.min(pageMembers, left)
    const page = yield* range({ shard, set, limit, descending: true, ...(after === undefined ? {} : { after }) })
    const keys = page.members.map(({ member }) => keyOf(member))
    for (let from = 0; from < keys.length; ) {
      const { records } = yield* boundedRead(shard, keys.slice(from), pageBytes)
      for (const fields of records) if (fields) see(fields)
      from += Math.max(1, records.length)
    }
    after = page.cursor
    if (after === undefined) return false
  }
  return true
}

const pastResult = (fields: Fields, at: number): Past | null => {
  const { id, tenant, steps, turn, output } = taskOf(fields)
  if (output === undefined) return null
  const queue = steps.at(-1) ?? ''
  // Of before its confidence was kept it is known that it was enough.
  const confidence = fields.confidence ?? 1
  const value = new Raw(output).value()
  const said: Said = { tenant, queue, kind: 'result', value, confidence, of: { task: id, turn }, at }
  return { said, was: 'passed', about: { task: id, queue } }
}

const pastCard = (fields: Fields, at: number): Past => {
  const { id, tenant, task, turn, queue, kind, confidence, output, standing } = cardOf(fields)
  const value = new Raw(output).value()
  const said: Said = { tenant, queue, kind, value, confidence, of: { task, turn }, at }
  return { said, was: standing.status, about: { task, queue, review: id } }
}

class Tally {
  isBounded = false
  readonly #version: string
  readonly #counts = new Map<Went, { pass: number; hold: number }>()
  readonly #byRule = new Map<string, number>()
  readonly #changes: BacktestChange[] = []

  constructor(version: string) {
    this.#version = version
  }

  count(past: Past, verdict: Verdict): void {
    const counts = this.#counts.get(past.was) ?? { pass: 0, hold: 0 }
    counts[verdict.kind] += 1
    this.#counts.set(past.was, counts)
    const rules = verdict.kind === 'hold' ? [...new Set(verdict.findings.map(({ rule }) => rule))] : []
    for (const rule of rules) this.#byRule.set(rule, (this.#byRule.get(rule) ?? 0) + 1)
    if ((past.was === 'passed') === (verdict.kind === 'pass') || this.#changes.length >= changesMost) return
    const why = verdict.kind === 'pass' ? {} : { reason: verdict.reason, rules, details: verdict.details }
    this.#changes.push({ ...past.about, was: past.was, would: verdict.kind, ...why })
  }

  sum(): Backtest {
    return {
      version: this.#version,
      counts: Object.fromEntries(this.#counts),
      byRule: Object.fromEntries([...this.#byRule].sort(([, a], [, b]) => b - a)),
      changes: this.#changes,
      isBounded: this.isBounded,
    }
  }
}
