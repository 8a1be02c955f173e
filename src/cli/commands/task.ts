/** `chimera task ID`: one task, as it stands. */
import { formats } from '../../protocol/formats.js'
import { findNode, nodeOptions } from '../access.js'
import { command } from '../command.js'
import { formatted, json, required } from '../option.js'
import { taskLines, withTaskDesk } from '../taskDesk.js'
import { printAs } from '../terminal.js'

export const task = command({
  name: 'task',
  about: 'Show a task.',
  arguments: { id: required(formatted('id', 'The task.', formats.id)) },
  options: { ...nodeOptions, json },
  run: async ({ id, json, ...node }) => {
    const found = await withTaskDesk(await findNode(node, 'admin'), (desk) => desk.task(id))
    printAs(json, found, () => taskLines(found).join('\n'))
  },
})
