/** Calls of reviewers: the cards that wait, and what is decided on them. */
import { cardReasons, cardSeverities, cardStatuses } from '../../protocol/records.js'
import { problemOf } from '../problem.js'
import {
  type Asked,
  asked,
  type Call,
  isMap,
  ok,
  paging,
  pagingQuery,
  pick,
  type Route,
  withFree,
  wrong,
} from './route.js'
import { listOf, object, ref, text } from './schemas.js'

export const reviewRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/reviews',
    summary: 'Review cards. Their outputs and payloads are cut at 4 KiB.',
    roles: ['operator'],
    query: {
      status: { enum: cardStatuses },
      reason: { enum: cardReasons },
      severity: { enum: cardSeverities },
      queue: text('a queue'),
      text: text('found in what the card says'),
      ...pagingQuery,
    },
    ask: ({ query }) => {
      const filter = pick(query, 'status', 'reason', 'severity', 'queue', 'text')
      return asked('operator', { type: 'cards', filter, ...paging(query) })
    },
    status: 200,
    answer: {
      type: 'object',
      required: ['cards', 'total'],
      properties: { cards: listOf(ref('ReviewCard')), total: { type: 'integer' }, cursor: text('of the next page') },
    },
    reply: ({ cards, total, cursor }) => ok({ cards, total, cursor }),
  },
  {
    method: 'GET',
    path: '/reviews/{id}',
    summary: 'A review card, whole.',
    roles: ['operator'],
    query: {},
    ask: ({ params }) => asked('operator', { type: 'get', review: params.id }),
    status: 200,
    answer: ref('ReviewCard'),
    reply: ({ card }) => ok(card),
  },
  {
    method: 'POST',
    path: '/reviews/{id}/decision',
    summary: 'Approve or reject. 409 with the card as it stands, where somebody was first or the card has changed.',
    roles: ['operator'],
    query: {},
    body: {
      type: 'object',
      required: ['status'],
      properties: {
        status: { enum: ['APPROVED', 'REJECTED'] },
        version: { type: 'integer', description: 'of the card that was seen' },
        edited: { description: 'replaces the output; approval only' },
        reason: text('required to reject'),
        reasonCode: text('for statistics'),
        operatorId: text("the token's sub, if sent"),
      },
    },
    ask: askDecide,
    status: 200,
    answer: ref('ReviewCard'),
    reply: ({ card }) => ok(card),
  },
  {
    method: 'POST',
    path: '/reviews/decisions',
    summary: 'Decide on up to 100 cards, each as it was seen, none of severity high. An answer for each, in order.',
    roles: ['operator'],
    query: {},
    body: {
      type: 'object',
      required: ['cards', 'status'],
      properties: {
        cards: listOf(
          object({ review: text('a card'), version: { type: 'integer', description: 'of the card that was seen' } }),
        ),
        status: { enum: ['APPROVED', 'REJECTED'] },
        reason: text('required to reject'),
        reasonCode: text('for statistics'),
      },
    },
    ask: withBody('with cards and a status', ({ cards, status, reason, reasonCode }) => ({
      type: 'decideMany',
      cards,
      status,
      reason,
      reasonCode,
    })),
    status: 200,
    answer: object({
      decisions: listOf(
        object(
          { review: text('the card') },
          {
            status: { enum: cardStatuses },
            version: { type: 'integer' },
            error: object({ code: text('of the catalogue'), message: text('for people') }),
          },
        ),
      ),
    }),
    reply: ({ decisions }) => ok({ decisions }),
  },
  {
    method: 'POST',
    path: '/reviews/{id}/claim',
    summary: 'Take a card for a while, take it for longer, or give it back.',
    roles: ['operator'],
    query: {},
    body: {
      type: 'object',
      properties: {
        release: { type: 'boolean', description: 'give it back' },
        force: { type: 'boolean', description: 'although another has it: for admins' },
      },
    },
    ask: withBody('', ({ release, force }, { params }) => ({ type: 'claim', review: params.id, release, force })),
    status: 200,
    answer: ref('ReviewCard'),
    reply: ({ card }) => ok(card),
  },
  {
    method: 'POST',
    path: '/reviews/{id}/assign',
    summary: 'Hand a card to an operator, or to all.',
    roles: ['operator'],
    query: {},
    body: {
      type: 'object',
      properties: { to: text('the operator; null: all'), note: text('shown with the card') },
    },
    ask: withBody('', ({ to, note }, { params }) => ({ type: 'assign', review: params.id, to, note })),
    status: 200,
    answer: ref('ReviewCard'),
    reply: ({ card }) => ok(card),
  },
  {
    method: 'POST',
    path: '/reviews/{id}/reveal',
    summary: 'What is masked in a card. On record.',
    roles: ['operator'],
    query: {},
    ask: ({ params }) => asked('operator', { type: 'reveal', review: params.id }),
    status: 200,
    answer: { type: 'object', required: ['output', 'payload'] },
    reply: ({ output, payload, edited }) => ok({ output, payload, ...(edited === undefined ? {} : { edited }) }),
  },
]

/** `of` says more of what the body was expected to be. */
function withBody(
  of: string,
  frame: (body: Readonly<Record<string, unknown>>, call: Call) => { readonly type: string },
): (call: Call) => Asked {
  return (call) => {
    const { body = {} } = call
    return isMap(body) ? asked('operator', frame(body, call)) : wrong(`body: expected a JSON object ${of}`.trim())
  }
}

function askDecide({ identity, params, body }: Call): Asked {
  if (!isMap(body)) return wrong('body: expected a JSON object with a status')
  const { operatorId, status, version, reason, reasonCode } = body
  if (operatorId !== undefined && operatorId !== identity.sub)
    return { kind: 'wrong', problem: problemOf('FORBIDDEN', "operatorId: expected the token's sub") }
  const { edited } = withFree(body, 'edited', '')
  return asked('operator', { type: 'decide', review: params.id, status, version, edited, reason, reasonCode })
}
