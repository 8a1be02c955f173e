/** The agents of `chimera demo`, in a process of their own: it ends with the one that started it. */
import { localAccess } from '../access.js'
import { command } from '../command.js'
import { defaultTenant } from '../localToken.js'
import { integer, required, text } from '../option.js'
import { listenForStop } from '../stopping.js'
import { withMails } from './demo.js'

const closeMs = 5_000

export const demoAgents = command({
  name: 'demo-agents',
  about: 'The agents of the demo, for a node of this machine.',
  isHidden: true,
  options: {
    data: required(text('folder', "The node's data folder.")),
    agents: required(integer('n', 'How many.', 1, 1_000)),
    seed: required(text('text', 'Of the order of mails.')),
  },
  run: async ({ data, agents, seed }) => {
    const stopping = listenForStop()
    process.once('disconnect', stopping.ask)
    const { startMailTeam } = await withMails(() => import('../demo/mailTeam.js'))
    const access = await localAccess(data, { sub: 'demo', tenant: defaultTenant, roles: ['agent'] })
    const team = await startMailTeam(access, agents, seed)
    process.send?.({ agents: team.length })
    await stopping.asked
    await Promise.all(team.map((agent) => agent.close({ withinMs: closeMs })))
    if (process.connected) process.disconnect()
  },
})
