/** Calls about webhooks: where a tenant is told of its cards and outcomes, and what couldn't be delivered. */
import { type Asked, asked, type Call, isMap, ok, paging, pagingQuery, type Route, wrong } from './route.js'
import { listOf, ref, text } from './schemas.js'

const webhookBody = {
  type: 'object',
  properties: {
    url: text('https; needed for a new one'),
    cards: { type: 'boolean', description: 'whether it is told of cards' },
    outcomes: listOf({
      type: 'object',
      required: ['sub', 'subscriber'],
      properties: { sub: { type: 'string' }, subscriber: { type: 'string' } },
    }),
    rotate: { type: 'boolean', description: 'make another secret; for a day both sign' },
  },
}

export const webhookRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/webhooks',
    summary: 'Webhooks, and how their deliveries go. Without their secrets.',
    roles: ['admin'],
    query: {},
    ask: () => asked('operator', { type: 'webhooks' }),
    status: 200,
    answer: { type: 'object', required: ['webhooks'], properties: { webhooks: listOf(ref('Webhook')) } },
    reply: ({ webhooks }) => ok({ webhooks }),
  },
  {
    method: 'PUT',
    path: '/webhooks/{name}',
    summary: 'Make a webhook, or change what is sent. A secret that was made is told in this answer alone.',
    roles: ['admin'],
    query: {},
    body: webhookBody,
    ask: askSet,
    status: 200,
    answer: {
      type: 'object',
      required: ['webhook', 'changed'],
      properties: {
        webhook: ref('Webhook'),
        changed: { type: 'boolean' },
        secret: text('what deliveries are signed with; where it was made just now'),
      },
    },
    reply: ({ webhook, changed, secret }) => ok({ webhook, changed, secret }),
  },
  {
    method: 'DELETE',
    path: '/webhooks/{name}',
    summary: 'Remove a webhook, and what it has given up.',
    roles: ['admin'],
    query: {},
    ask: ({ params }) => asked('operator', { type: 'removeWebhook', name: params.name }),
    status: 200,
    answer: { type: 'object', required: ['removed'], properties: { removed: { type: 'string' } } },
    reply: ({ removed }) => ok({ removed }),
  },
  {
    method: 'POST',
    path: '/webhooks/{name}/test',
    summary: 'Send a ping at once, and say what came of it.',
    roles: ['admin'],
    query: {},
    ask: ({ params }) => asked('operator', { type: 'testWebhook', name: params.name }),
    status: 200,
    answer: {
      type: 'object',
      required: ['delivered', 'tookMs'],
      properties: {
        delivered: { type: 'boolean' },
        tookMs: { type: 'integer' },
        status: { type: 'integer' },
        error: { type: 'string' },
      },
    },
    reply: ({ delivered, tookMs, status, error }) => ok({ delivered, tookMs, status, error }),
  },
  {
    method: 'GET',
    path: '/webhooks/{name}/dead',
    summary: 'Deliveries that were given up, oldest first.',
    roles: ['admin'],
    query: pagingQuery,
    ask: ({ params, query }) => asked('operator', { type: 'deadDeliveries', name: params.name, ...paging(query) }),
    status: 200,
    answer: {
      type: 'object',
      required: ['dead'],
      properties: { dead: listOf(ref('DeadDelivery')), cursor: text('of the next page') },
    },
    reply: ({ dead, cursor }) => ok({ dead, cursor }),
  },
  {
    method: 'POST',
    path: '/webhooks/{name}/resend',
    summary: 'Send again what was given up: one of them, or all.',
    roles: ['admin'],
    query: {},
    body: { type: 'object', properties: { event: text('its id; missing: all') } },
    ask: ({ params, body = {} }) =>
      isMap(body)
        ? asked('operator', { type: 'resend', name: params.name, event: body.event })
        : wrong('body: expected a JSON object'),
    status: 200,
    answer: { type: 'object', required: ['resent'], properties: { resent: { type: 'integer' } } },
    reply: ({ resent }) => ok({ resent }),
  },
]

function askSet({ params, body }: Call): Asked {
  if (!isMap(body)) return wrong('body: expected a JSON object')
  const { url, cards, outcomes, rotate } = body
  return asked('operator', { type: 'setWebhook', name: params.name, url, cards, outcomes, rotate })
}
