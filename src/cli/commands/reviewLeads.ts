/** `chimera review numbers` and `chimera review calibration`: for those who lead the review. */
import { formats, limits } from '../../protocol/formats.js'
import type { Approvals, Band, CalibrationNumbers, DecidedNumbers, Share, Spread } from '../../protocol/leadRecords.js'
import { findNode, nodeOptions } from '../access.js'
import { columns, roughly } from '../columns.js'
import { command } from '../command.js'
import { nodeCall } from '../nodeCall.js'
import { formatted, integer, json } from '../option.js'
import { printAs } from '../terminal.js'

type Window = { readonly window: { readonly days: number; readonly cards: number; readonly isBounded: boolean } }

const days = integer('n', 'How far back. Default: 7.', 1, limits.numbersDays)

export const numbers = command({
  name: 'numbers',
  about: 'Show how long cards wait, who decides how much, how carefully, and in agreement.',
  examples: ['chimera review numbers --days 30'],
  options: { days, ...nodeOptions, json },
  run: async ({ days, json, ...node }) => {
    const access = await findNode(node, 'operator')
    const query = queryOf({ days: days?.toString() })
    const answer = await nodeCall(access, 'GET', `/v1/tenants/${access.tenant}/reviews/numbers${query}`)
    printAs(json, answer, () => numberLines(answer as unknown as DecidedNumbers & Window).join('\n'))
  },
})

export const calibration = command({
  name: 'calibration',
  about: 'Show how often people approved, by confidence, and what other thresholds would have let pass.',
  examples: ['chimera review calibration --queue mail'],
  options: {
    days,
    queue: formatted('name', 'Of this queue alone.', formats.name),
    agent: formatted('name', 'Of this agent alone, with all its instances.', formats.agent),
    ...nodeOptions,
    json,
  },
  run: async ({ days, queue, agent, json, ...node }) => {
    const access = await findNode(node, 'operator')
    const query = queryOf({ days: days?.toString(), queue, agent })
    const answer = await nodeCall(access, 'GET', `/v1/tenants/${access.tenant}/reviews/calibration${query}`)
    printAs(json, answer, () => calibrationLines(answer as unknown as CalibrationNumbers & Window).join('\n'))
  },
})

const queryOf = (fields: Readonly<Record<string, string | undefined>>): string => {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) query.set(key, value)
  return query.size === 0 ? '' : `?${query}`
}

const headOf = ({ window }: Window): string =>
  `${window.cards} cards of ${window.days} days${window.isBounded ? ', the latest; there were more' : ''}`

const share = (one: Share | null): string =>
  one === null ? '-' : `${percent(one.share)} (${percent(one.low)} to ${percent(one.high)}) of ${one.of}`

const percent = (n: number): string => `${Math.round(n * 100)} %`

const spread = (one: Spread | null): string =>
  one === null ? '-' : `half within ${roughly(one.p50)}, 90 % within ${roughly(one.p90)}`

const numberLines = (answer: DecidedNumbers & Window): readonly string[] => [
  headOf(answer),
  ...columns(Object.entries(answer.firstLookMs).map(([severity, one]) => ['first look', severity, spread(one)])),
  ...columns(Object.entries(answer.decisionMs).map(([severity, one]) => ['decision', severity, spread(one)])),
  `quicker than it can be read: ${share(answer.quick)}`,
  `agreement, where several decided: ${share(answer.agreement)}`,
  ...columns(
    answer.operators.map(({ operator, decisions, approved, edited, rejected, perActiveHour, dwellMs, quick }) => [
      operator,
      `${decisions} decisions`,
      `${approved} approved, ${edited} edited, ${rejected} rejected`,
      `${perActiveHour} an hour`,
      spread(dwellMs),
      `quick: ${share(quick)}`,
    ]),
  ),
]

const calibrationLines = (answer: CalibrationNumbers & Window): readonly string[] => [
  headOf(answer),
  ...columns(answer.bands.filter(({ cards }) => cards > 0).map(bandRow)),
  ...columns(answer.queues.map((one) => ['queue', one.queue, ...approvalRow(one)])),
  ...columns(answer.agents.map((one) => ['agent', one.agent, ...approvalRow(one)])),
  ...columns(
    answer.thresholds.map(({ threshold, passed, wrongly }) => [
      `threshold ${threshold}`,
      `${passed} more would have passed`,
      `not approved of them: ${share(wrongly)}`,
    ]),
  ),
]

const bandRow = (band: Band): readonly string[] => [`confidence ${band.from} to ${band.to}`, ...approvalRow(band)]

const approvalRow = ({ approved, edited, rejected }: Approvals): readonly string[] => [
  `approved ${share(approved)}`,
  `${edited} edited`,
  `${rejected} rejected`,
]
