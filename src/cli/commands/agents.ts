/** `chimera agents`: who works for the tenant, and what they are doing. */
import type { AgentRecord } from '../../client/index.js'
import { systemClock } from '../../clock.js'
import { findNode, nodeOptions } from '../access.js'
import { columns, roughly } from '../columns.js'
import { command } from '../command.js'
import { withOperator } from '../connected.js'
import { json } from '../option.js'
import { eachListed, pagingOptions } from '../paging.js'
import { note, print, printJson } from '../terminal.js'

export const agents = command({
  name: 'agents',
  about: 'List agents: status, tasks they hold, queues, node, when they were last heard of.',
  options: { ...pagingOptions, ...nodeOptions, json },
  run: async ({ limit, cursor, json, ...node }) => {
    const now = systemClock().now()
    let count = 0
    await withOperator(await findNode(node, 'admin'), (operator) =>
      eachListed(
        { limit, cursor },
        async (paging) => {
          const { agents: items, ...rest } = await operator.agents(paging)
          return { items, ...rest }
        },
        (items) => {
          count += items.length
          if (json) for (const each of items) printJson(each)
          else for (const line of columns(items.map((each) => rowOf(each, now)))) print(line)
        },
      ),
    )
    if (count === 0) note('No agent was seen yet: "chimera agent --queue NAME --exec PROGRAM" is one.')
  },
})

const rowOf = (
  { id, status, holding, queues, node, lastSeen, paused, banned }: AgentRecord,
  now: number,
): readonly string[] => [
  id,
  banned ? `${status} banned` : paused ? `${status} paused` : status,
  `holds ${holding}`,
  queues.join(','),
  node,
  `${roughly(now - lastSeen)} ago`,
]
