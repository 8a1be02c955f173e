/** `chimera tasks`: the tasks of a tenant, newest first. */
import { formats } from '../../protocol/formats.js'
import { taskStatuses } from '../../protocol/records.js'
import { findNode, nodeOptions } from '../access.js'
import { columns, timeOf } from '../columns.js'
import { command } from '../command.js'
import { formatted, json, oneOf } from '../option.js'
import { eachListed, pagingOptions } from '../paging.js'
import { withTaskDesk } from '../taskDesk.js'
import { note, print, printJson } from '../terminal.js'

export const tasks = command({
  name: 'tasks',
  about: 'List tasks, newest first: all of the tenant, or with a producer token its own.',
  examples: ['chimera tasks --status FAILED', 'chimera tasks --queue mail --limit 1000 --json'],
  options: {
    status: oneOf('Only tasks in this state.', taskStatuses),
    queue: formatted('name', 'Only tasks that are in this queue.', formats.name),
    ...pagingOptions,
    ...nodeOptions,
    json,
  },
  run: async ({ status, queue, limit, cursor, json, ...node }) => {
    const access = await findNode(node, 'admin')
    const filter = { ...(status === undefined ? {} : { status }), ...(queue === undefined ? {} : { queue }) }
    let count = 0
    await withTaskDesk(access, (desk) =>
      eachListed(
        { limit, cursor },
        (paging) => desk.tasks({ ...filter, ...paging }),
        (items) => {
          count += items.length
          if (json) for (const task of items) printJson(task)
          else
            for (const line of columns(
              items.map((task) => [
                task.id,
                task.status,
                task.queue,
                `step ${task.step}/${task.steps.length}`,
                `attempt ${task.attempt}`,
                timeOf(task.updatedAt),
              ]),
            ))
              print(line)
        },
      ),
    )
    if (count === 0) note('There are no such tasks.')
  },
})
