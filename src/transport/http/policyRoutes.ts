/** Calls about the gate's policy: to see it, to put another one into force, to try one on what went by. */
import { type Answer, type Asked, asked, type Call, isMap, type Route, wrong } from './route.js'
import { ref } from './schemas.js'

const policyBody = { type: 'object', description: 'a policy; docs/policy.md says what it may hold' }

export const policyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/policy',
    summary: "The gate's policy, with its version.",
    roles: ['operator'],
    query: {},
    ask: () => asked('operator', { type: 'policy' }),
    status: 200,
    answer: ref('Policy'),
    reply: ({ version, policy, by, at }) => tagged(version, { version, policy, by, at }),
  },
  {
    method: 'PUT',
    path: '/policy',
    summary: 'Put a policy into force: answered once it is in force on all nodes. A wrong one is refused whole.',
    roles: ['admin'],
    query: {},
    headers: { 'If-Match': { type: 'string', description: 'the version that it was made from; another one: 409' } },
    body: policyBody,
    ask: (call) => askWith(call, 'setPolicy', versionIn(call)),
    status: 200,
    answer: {
      type: 'object',
      required: ['version', 'changed'],
      properties: {
        version: { type: 'string' },
        changed: { type: 'boolean', description: 'false: it was in force already' },
        before: { type: 'string', description: 'the version that it replaced' },
      },
    },
    reply: ({ version, changed, before }) => tagged(version, { version, changed, before }),
  },
  {
    method: 'POST',
    path: '/policy/backtest',
    summary: 'What a policy would pass and hold of what went by, and how people decided that. Changes nothing.',
    roles: ['admin'],
    query: {
      limit: { type: 'integer', minimum: 1, default: 1_000, description: 'of results, and of cards of a status' },
    },
    body: policyBody,
    ask: (call) => {
      const { limit } = call.query
      return askWith(
        call,
        'backtest',
        limit === undefined ? {} : { limit: /^\d{1,9}$/.test(limit) ? Number(limit) : limit },
      )
    },
    status: 200,
    answer: ref('Backtest'),
    reply: ({ backtest }) => ({ status: 200, body: backtest }),
  },
]

function askWith({ body }: Call, type: 'setPolicy' | 'backtest', more: Readonly<Record<string, unknown>>): Asked {
  if (!isMap(body)) return wrong('body: expected a policy, a JSON object')
  return asked('operator', { type, policy: JSON.stringify(body), ...more })
}

/** `*`, and a missing header, match any version. */
function versionIn({ headers }: Call): { readonly version?: string } {
  const given = headers['if-match']?.trim()
  return given === undefined || given === '*' ? {} : { version: given.replace(/^"(.*)"$/, '$1') }
}

const tagged = (version: unknown, body: unknown): Answer => ({
  status: 200,
  body,
  headers: { ETag: `"${String(version)}"` },
})
