/** Calls that hold up work and let it go on: pauses, bans, the halt. */
import { type Asked, asked, type Call, isMap, ok, type Route, wrong } from './route.js'
import { ref, text } from './schemas.js'

type Act = 'pause' | 'resume' | 'ban' | 'unban' | 'halt'

export const fleetControlRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/fleet',
    summary: 'What is paused, banned, halted; by whom, when and why.',
    roles: ['operator'],
    query: {},
    ask: () => asked('operator', { type: 'fleet' }),
    status: 200,
    answer: ref('Fleet'),
    reply: ({ fleet }) => ok(fleet),
  },
  control('/queues/{queue}', 'pause', 'Hand out no more tasks of this queue. What runs goes on.'),
  control('/queues/{queue}', 'resume', 'Hand out tasks of this queue again.'),
  control('/agents/{id}', 'pause', 'Hand this agent no more tasks; without an instance, none of its instances.'),
  control('/agents/{id}', 'resume', 'Hand this agent tasks again.'),
  control('/agents/{id}', 'ban', 'Close the connections of this agent, and take what it holds from it.'),
  control('/agents/{id}', 'unban', 'Let this agent connect again.'),
  control('', 'pause', 'Hand out no more tasks of the tenant. What runs goes on.'),
  control('', 'resume', 'Hand out tasks again, after a pause or a halt.'),
  control('', 'halt', 'Pause the tenant, cancel all that runs, and take no submissions.'),
]

/** The same call again changes nothing, and is answered with how things stand. */
function control(path: string, act: Act, summary: string): Route {
  return {
    method: 'POST',
    path: `${path}/${act}`,
    summary,
    roles: [act === 'halt' ? 'admin' : 'operator'],
    query: {},
    body: { type: 'object', properties: { reason: text('goes on record') } },
    ask: (call) => askControl(act, call),
    status: 200,
    answer: {
      type: 'object',
      required: ['changed', 'fleet'],
      properties: {
        changed: { type: 'boolean', description: 'false: it was so before' },
        known: { type: 'boolean', description: 'false: no agent of this name has been here yet' },
        cancelled: { type: 'integer', description: 'tasks that ran, and were cancelled by this call' },
        fleet: ref('Fleet'),
      },
    },
    reply: ({ changed, known, cancelled, fleet }) => ok({ changed, known, cancelled, fleet }),
  }
}

function askControl(act: Act, { params: { queue, id }, body = {} }: Call): Asked {
  if (!isMap(body)) return wrong('body: expected a JSON object with a reason, or nothing')
  const { reason } = body
  return asked('operator', {
    type: 'control',
    act,
    ...(queue === undefined ? {} : { queue }),
    ...(id === undefined ? {} : { agent: id }),
    ...(reason === undefined ? {} : { reason }),
  })
}
