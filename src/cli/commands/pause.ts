/** `chimera pause` and `chimera resume`: of a queue, an agent, or all of the tenant. */
import { UsageError } from '../../errors.js'
import { formats } from '../../protocol/formats.js'
import { type Command, command } from '../command.js'
import { agentPath, queuePath, sayToFleet, wordOptions } from '../fleetDesk.js'
import { formatted, required } from '../option.js'

const queueName = required(formatted('queue', 'The queue.', formats.name))
const agentId = required(formatted('id', 'The agent; without an instance, all of its instances.', formats.agent))

const word = (name: 'pause' | 'resume', about: string, now: string): Command =>
  command({
    name,
    about,
    examples: [`chimera ${name} queue mail`, `chimera ${name} agent crawler`, `chimera ${name} tenant`],
    children: [
      command({
        name: 'queue',
        about: 'Tasks of this queue, for whichever agent.',
        arguments: { queue: queueName },
        options: wordOptions,
        run: ({ queue, ...options }) =>
          sayToFleet(`${queuePath(queue)}/${name}`, options, () => `queue ${queue} ${now}`),
      }),
      command({
        name: 'agent',
        about: 'Tasks for this agent, of whichever queue.',
        arguments: { id: agentId },
        options: wordOptions,
        run: ({ id, ...options }) => sayToFleet(`${agentPath(id)}/${name}`, options, () => `agent ${id} ${now}`),
      }),
      command({
        name: 'tenant',
        about: 'All tasks of the tenant.',
        options: wordOptions,
        run: (options) => sayToFleet(`/${name}`, options, ({ fleet }) => `tenant ${fleet.status}`),
      }),
    ],
    run: async () => {
      throw new UsageError(`${name}: expected one of queue, agent, tenant; see "chimera ${name} --help"`)
    },
  })

export const pause = word('pause', 'Hand out no more tasks. What runs goes on.', 'PAUSED')

export const resume = word('resume', 'Hand out tasks again, after a pause or a halt.', 'OPEN')
