/** Calls of those who run the fleet: its agents and nodes. */
import { asked, ok, paging, pagingQuery, type Route } from './route.js'
import { listOf, ref, text } from './schemas.js'

export const fleetRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/agents',
    summary: 'The agents of the tenant, and what they are doing.',
    roles: ['operator'],
    query: pagingQuery,
    ask: ({ query }) => asked('operator', { type: 'agents', ...paging(query) }),
    status: 200,
    answer: {
      type: 'object',
      required: ['agents'],
      properties: { agents: listOf(ref('Agent')), cursor: text('of the next page') },
    },
    reply: ({ agents, cursor }) => ok({ agents, cursor }),
  },
  {
    method: 'GET',
    path: '/cluster',
    summary: 'The nodes of the cluster, and who owns which shard.',
    roles: ['admin'],
    query: {},
    ask: () => asked('operator', { type: 'cluster' }),
    status: 200,
    answer: ref('Cluster'),
    reply: ({ cluster }) => ok(cluster),
  },
]
