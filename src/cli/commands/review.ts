/** `chimera review`: what the gate held, and a person's word on it. */
import type { Decision } from '../../client/index.js'
import { systemClock } from '../../clock.js'
import { UsageError } from '../../errors.js'
import { formats } from '../../protocol/formats.js'
import { fromJson } from '../../protocol/json.js'
import { cardReasons, cardSeverities, cardStatuses } from '../../protocol/records.js'
import { findNode, nodeOptions } from '../access.js'
import { columns } from '../columns.js'
import { command } from '../command.js'
import { withOperator } from '../connected.js'
import { formatted, integer, json, oneOf, option, required, text, withDefault } from '../option.js'
import { eachListed, pagingOptions } from '../paging.js'
import { cardLines, cardRow } from '../reviewCardText.js'
import { watchReviews } from '../reviewWatch.js'
import { note, print, printAs, printJson } from '../terminal.js'
import { calibration, numbers } from './reviewLeads.js'

const filterOptions = {
  reason: oneOf('Only cards held for this.', cardReasons),
  severity: oneOf('Only cards of this weight.', cardSeverities),
  queue: formatted('name', 'Only results of this queue.', formats.name),
  text: text('text', 'Only cards that say this somewhere.'),
}

type Filter = { readonly [Name in keyof typeof filterOptions]: ReturnType<(typeof filterOptions)[Name]['read']> }

/** Those that were given. */
const filterOf = ({ reason, severity, queue, text }: Filter) => ({
  ...(reason === undefined ? {} : { reason }),
  ...(severity === undefined ? {} : { severity }),
  ...(queue === undefined ? {} : { queue }),
  ...(text === undefined ? {} : { text }),
})

const list = command({
  name: 'list',
  about: 'List cards, those that wait first by weight, then by age.',
  examples: ['chimera review list --reason SENSITIVE_KEYWORD', 'chimera review list --status REJECTED --json'],
  options: {
    status: withDefault(oneOf('Default: PENDING.', cardStatuses), 'PENDING'),
    ...filterOptions,
    ...pagingOptions,
    ...nodeOptions,
    json,
  },
  run: async ({ status, reason, severity, queue, text, limit, cursor, json, ...node }) => {
    const filter = { status, ...filterOf({ reason, severity, queue, text }) }
    const now = systemClock().now()
    let count = 0
    await withOperator(await findNode(node, 'admin'), (operator) =>
      eachListed(
        { limit, cursor },
        async (paging) => {
          const { cards: items, cursor: next } = await operator.cards({ ...filter, ...paging })
          return { items, ...(next === undefined ? {} : { cursor: next }) }
        },
        (items) => {
          count += items.length
          if (json) for (const card of items) printJson(card)
          else for (const line of columns(items.map((card) => cardRow(card, now)))) print(line)
        },
      ),
    )
    if (count === 0) note(status === 'PENDING' ? 'Nothing waits.' : 'There are no such cards.')
  },
})

const id = required(formatted('id', 'The card.', formats.id))

const show = command({
  name: 'show',
  about: 'Show a card, whole.',
  arguments: { id },
  options: { ...nodeOptions, json },
  run: async ({ id, json, ...node }) => {
    const card = await withOperator(await findNode(node, 'admin'), (operator) => operator.card(id))
    printAs(json, card, () => cardLines(card, process.stdout.columns).join('\n'))
  },
})

const version = integer(
  'n',
  'Of the card that you saw: where it has changed since, nothing is decided.',
  0,
  Number.MAX_SAFE_INTEGER,
)
const reasonCode = formatted('code', 'For statistics.', formats.key)

const approve = command({
  name: 'approve',
  about: 'Release what was held: the task goes on, or its output is handed to whoever submitted it.',
  examples: ['chimera review approve x8Zt --version 1', `chimera review approve x8Zt --edited '{"folder":"Inbox"}'`],
  arguments: { id },
  options: {
    edited: option('JSON', 'Release this instead of the output.', 'JSON', jsonOf),
    reason: text('text', 'Goes on record.'),
    reasonCode,
    version,
    ...nodeOptions,
    json,
  },
  run: async ({ id, edited, json, version, reason, reasonCode, ...node }) => {
    await decide(
      id,
      {
        status: 'APPROVED',
        ...stated({ version, reason, reasonCode }),
        ...(edited === undefined ? {} : { edited: edited.value }),
      },
      node,
      json,
    )
  },
})

const reject = command({
  name: 'reject',
  about: 'End the task; whoever submitted it is told the reason.',
  examples: ['chimera review reject x8Zt --reason "a password"'],
  arguments: { id },
  options: { reason: required(text('text', 'Why.')), reasonCode, version, ...nodeOptions, json },
  run: async ({ id, reason, json, version, reasonCode, ...node }) => {
    await decide(id, { status: 'REJECTED', reason, ...stated({ version, reasonCode }) }, node, json)
  },
})

const watchOptions = { ...filterOptions, ...nodeOptions, json }

const watch = command({
  name: 'watch',
  about: 'Follow the cards that wait; in a terminal, decide on them by keys, which it shows.',
  options: watchOptions,
  run: ({ reason, severity, queue, text, json, ...node }) =>
    watchReviews(() => findNode(node, 'admin'), filterOf({ reason, severity, queue, text }), json),
})

export const review = command({
  name: 'review',
  about: 'Look at what the gate held, and decide. Alone it is "review watch".',
  examples: ['chimera review', 'chimera review list', 'chimera review approve x8Zt'],
  options: watchOptions,
  children: [watch, list, show, approve, reject, numbers, calibration],
  run: ({ reason, severity, queue, text, json, ...node }) =>
    watchReviews(() => findNode(node, 'admin'), filterOf({ reason, severity, queue, text }), json),
})

async function decide(
  id: string,
  decision: Decision,
  node: Parameters<typeof findNode>[0],
  isJson: boolean,
): Promise<void> {
  const card = await withOperator(await findNode(node, 'admin'), (operator) => operator.decide(id, decision))
  printAs(isJson, card, () => `${card.reviewId} ${card.status}, task ${card.taskId}`)
}

type Stated<Fields> = { readonly [Name in keyof Fields]?: Exclude<Fields[Name], undefined> }

const stated = <Fields extends object>(fields: Fields): Stated<Fields> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Stated<Fields>

/** In a box, since `null` is a value too. */
function jsonOf(given: string): { readonly value: unknown } | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(given)
  } catch {
    return undefined
  }
  try {
    return { value: fromJson(parsed) }
  } catch (error) {
    throw new UsageError(`--edited: ${error instanceof Error ? error.message : String(error)}`)
  }
}
