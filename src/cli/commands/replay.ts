/** `chimera replay ID`: a new task from one that failed, expired or was rejected. */
import { formats } from '../../protocol/formats.js'
import { findNode, nodeOptions } from '../access.js'
import { command } from '../command.js'
import { formatted, json, required } from '../option.js'
import { withTaskDesk } from '../taskDesk.js'
import { printAs } from '../terminal.js'

export const replay = command({
  name: 'replay',
  about: 'Start a failed, expired or rejected task anew, and print the id of the new task. Asked again, the same one.',
  arguments: { id: required(formatted('id', 'The task that ended.', formats.id)) },
  options: { ...nodeOptions, json },
  run: async ({ id, json, ...node }) => {
    const task = await withTaskDesk(await findNode(node, 'admin'), (desk) => desk.replay(id))
    printAs(json, { task, replayOf: id }, () => task)
  },
})
