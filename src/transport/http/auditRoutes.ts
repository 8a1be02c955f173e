/** Calls about what is on record: to read it, to take it along in a form that proves itself, to erase a text. */
import { asked, isMap, ok, paging, pagingQuery, pick, type Route, wrong } from './route.js'
import { listOf, text } from './schemas.js'

export const auditRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/audit',
    summary: 'The audit log: holds, decisions, cancels, stale results, words about the fleet.',
    roles: ['admin'],
    query: pagingQuery,
    ask: ({ query }) => asked('operator', { type: 'audit', ...paging(query) }),
    status: 200,
    answer: {
      type: 'object',
      required: ['entries'],
      properties: { entries: listOf({ type: 'object' }), cursor: text('of the next page') },
    },
    reply: ({ entries, cursor }) => ok({ entries, cursor }),
  },
  {
    method: 'GET',
    path: '/audit/checkpoint',
    summary: 'How far the record goes: sequence, head and count of all chains, as a signed line (docs/audit.md).',
    roles: ['admin'],
    query: {},
    ask: () => asked('operator', { type: 'auditCheckpoint' }),
    status: 200,
    answer: { type: 'object', required: ['checkpoint'], properties: { checkpoint: text('the line') } },
    reply: ({ checkpoint }) => ok({ checkpoint }),
  },
  {
    method: 'GET',
    path: '/audit/lines',
    summary: "A part of a shard's chain, as lines (docs/audit.md).",
    roles: ['admin'],
    query: {
      shard: { type: 'integer', minimum: 0 },
      upTo: { type: 'integer', minimum: 0, description: 'the last entry that is wanted' },
      after: { type: 'string', description: 'of the part before' },
    },
    ask: ({ query }) =>
      asked('operator', {
        type: 'auditLines',
        shard: numberIn(query.shard),
        upTo: numberIn(query.upTo),
        ...pick(query, 'after'),
      }),
    status: 200,
    answer: {
      type: 'object',
      required: ['lines'],
      properties: { lines: listOf({ type: 'string' }), after: text('of the next part') },
    },
    reply: ({ lines, after }) => ok({ lines, after }),
  },
  {
    method: 'GET',
    path: '/audit/key',
    summary: 'The public key by which the record is signed, as PEM, and its SHA-256.',
    roles: ['operator'],
    query: {},
    ask: () => asked('operator', { type: 'auditKey' }),
    status: 200,
    answer: {
      type: 'object',
      required: ['key', 'fingerprint'],
      properties: { key: { type: 'string' }, fingerprint: { type: 'string' } },
    },
    reply: ({ key, fingerprint }) => ok({ key, fingerprint }),
  },
  {
    method: 'POST',
    path: '/audit/erase',
    summary: 'Erase what was written freely in an entry. The entry stays, and the erasure is on record.',
    roles: ['admin'],
    query: {},
    body: {
      type: 'object',
      required: ['entry'],
      properties: {
        entry: { type: 'string', description: 'shard and number, such as 3/17' },
        reason: { type: 'string', description: 'on record' },
      },
    },
    ask: ({ body }) =>
      isMap(body)
        ? asked('operator', { ...body, type: 'eraseAudit' })
        : wrong('body: expected an object with entry, and maybe reason'),
    status: 200,
    answer: {
      type: 'object',
      required: ['changed'],
      properties: { changed: { type: 'boolean', description: 'false: it was erased already' } },
    },
    reply: ({ changed }) => ok({ changed }),
  },
]

/** What is none stays as it is: the frame's check says what was expected. */
const numberIn = (text: string | undefined): unknown =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text
