/** `chimera webhook`: where the tenant is told of its cards and outcomes. For admins. */
import { UsageError } from '../../errors.js'
import { formats } from '../../protocol/formats.js'
import { type Access, findNode, nodeOptions } from '../access.js'
import { columns, timeOf } from '../columns.js'
import { command } from '../command.js'
import { CommandFailure } from '../failure.js'
import { type NodeAnswer, nodeCall } from '../nodeCall.js'
import { flag, formatted, json, oneOf, option, required, text } from '../option.js'
import { eachListed, pagingOptions } from '../paging.js'
import { note, print, printAs, printJson } from '../terminal.js'

const name = required(formatted('name', 'The webhook.', formats.name))

const pathOf = ({ tenant }: Access, rest = ''): string => `/v1/tenants/${tenant}/webhooks${rest}`

const sources = option(
  'sub/subscriber,…',
  'Whose outcomes it is told: subscribers of producers, with commas between; none: "".',
  'names such as shop/inbox, with commas between',
  (given) => {
    const each = given === '' ? [] : given.split(',').map((one) => one.trim().split('/'))
    const isRight = each.every((parts) => parts.length === 2 && parts.every((part) => part !== ''))
    return isRight ? each.map(([sub = '', subscriber = '']) => ({ sub, subscriber })) : undefined
  },
)

const set = command({
  name: 'set',
  about: 'Make a webhook, or change it. What it is signed with is printed once, when it is made.',
  examples: [
    'chimera webhook set pager --to https://example.org/hook --cards on',
    'chimera webhook set shop --to https://shop.example.org/done --outcomes shop/inbox',
    'chimera webhook set pager --rotate',
  ],
  arguments: { name },
  options: {
    to: text('address', 'Where to: https.'),
    cards: oneOf('Whether it is told of cards.', ['on', 'off']),
    outcomes: sources,
    rotate: flag('Make another secret. For a day both sign.'),
    ...nodeOptions,
    json,
  },
  run: async ({ name, to, cards, outcomes, rotate, json, ...node }) => {
    const access = await findNode(node, 'admin')
    const body = JSON.stringify({
      url: to,
      outcomes,
      ...(cards === undefined ? {} : { cards: cards === 'on' }),
      ...(rotate ? { rotate } : {}),
    })
    const answer = await nodeCall(access, 'PUT', pathOf(access, `/${name}`), body)
    printAs(json, answer, () => {
      const lines = [`${name}: ${answer.changed === true ? 'set' : 'as before'}`]
      if (typeof answer.secret === 'string') lines.push(`secret, shown this once: ${answer.secret}`)
      return lines.join('\n')
    })
  },
})

const list = command({
  name: 'list',
  about: 'List webhooks, and how their deliveries go.',
  options: { ...nodeOptions, json },
  run: async ({ json, ...node }) => {
    const access = await findNode(node, 'admin')
    const { webhooks } = await nodeCall(access, 'GET', pathOf(access))
    const all = webhooks as readonly NodeAnswer[]
    if (json) for (const webhook of all) printJson(webhook)
    else for (const line of columns(all.map(rowOf))) print(line)
    if (all.length === 0) note('There are no webhooks.')
  },
})

const rowOf = ({ name, status, url, cards, outcomes, delivered, dead, failingSince, lastError }: NodeAnswer) => [
  String(name),
  String(status),
  String(url),
  [
    ...(cards === true ? ['cards'] : []),
    ...(outcomes as readonly { sub: string; subscriber: string }[]).map(
      ({ sub, subscriber }) => `${sub}/${subscriber}`,
    ),
  ].join(' '),
  `${delivered} delivered`,
  `${dead} given up`,
  failingSince === undefined ? '' : `since ${timeOf(Number(failingSince))}: ${lastError}`,
]

const remove = command({
  name: 'remove',
  about: 'Remove a webhook, and what it has given up.',
  arguments: { name },
  options: { ...nodeOptions, json },
  run: async ({ name, json, ...node }) => {
    const access = await findNode(node, 'admin')
    const answer = await nodeCall(access, 'DELETE', pathOf(access, `/${name}`))
    printAs(json, answer, () => `${name}: removed`)
  },
})

const test = command({
  name: 'test',
  about: 'Send a ping at once, and say what came of it. Fails where it did not arrive.',
  arguments: { name },
  options: { ...nodeOptions, json },
  run: async ({ name, json, ...node }) => {
    const access = await findNode(node, 'admin')
    const answer = await nodeCall(access, 'POST', pathOf(access, `/${name}/test`))
    const { delivered, status, tookMs, error } = answer
    printAs(json, answer, () => `${name}: ${delivered === true ? `answered ${status}` : error}, ${tookMs} ms`)
    if (delivered !== true) throw new CommandFailure(`${name}: the ping did not arrive`, 1)
  },
})

const dead = command({
  name: 'dead',
  about: 'List deliveries that were given up.',
  arguments: { name },
  options: { ...pagingOptions, ...nodeOptions, json },
  run: async ({ name, limit, cursor, json, ...node }) => {
    const access = await findNode(node, 'admin')
    let count = 0
    await eachListed(
      { limit, cursor },
      async (page) => {
        const query = new URLSearchParams({ limit: String(page.limit), ...(page.cursor && { cursor: page.cursor }) })
        const { dead: items, cursor: next } = await nodeCall(access, 'GET', pathOf(access, `/${name}/dead?${query}`))
        return { items: items as readonly NodeAnswer[], ...(typeof next === 'string' ? { cursor: next } : {}) }
      },
      (items) => {
        count += items.length
        if (json) for (const one of items) printJson(one)
        else for (const line of columns(items.map(deadRow))) print(line)
      },
    )
    if (count === 0) note('None was given up.')
  },
})

const deadRow = ({ event, type, at, tries, lastError }: NodeAnswer) => [
  String(event),
  String(type),
  timeOf(Number(at)),
  `${tries} tries`,
  String(lastError),
]

const resend = command({
  name: 'resend',
  about: 'Send again what was given up: one of them, or all.',
  arguments: { name },
  options: { event: formatted('id', 'This one alone.', formats.id), ...nodeOptions, json },
  run: async ({ name, event, json, ...node }) => {
    const access = await findNode(node, 'admin')
    const answer = await nodeCall(access, 'POST', pathOf(access, `/${name}/resend`), JSON.stringify({ event }))
    printAs(json, answer, () => `${name}: ${answer.resent} are sent again`)
  },
})

export const webhook = command({
  name: 'webhook',
  about: 'Tell others of cards and outcomes, by signed calls. For admins.',
  examples: ['chimera webhook list', 'chimera webhook set pager --to https://example.org/hook --cards on'],
  children: [set, list, remove, test, dead, resend],
  run: async () => {
    throw new UsageError('webhook: expected one of set, list, remove, test, dead, resend; see "chimera webhook --help"')
  },
})
