/** `chimera cancel ID`: ends a task that has not ended, running ones too. */
import { formats } from '../../protocol/formats.js'
import { findNode, nodeOptions } from '../access.js'
import { command } from '../command.js'
import { formatted, json, required, text } from '../option.js'
import { withTaskDesk } from '../taskDesk.js'
import { printAs } from '../terminal.js'

export const cancel = command({
  name: 'cancel',
  about: 'Cancel a task. One that has ended stays as it is, and its state is told.',
  arguments: { id: required(formatted('id', 'The task.', formats.id)) },
  options: { reason: text('text', 'Goes on record.'), ...nodeOptions, json },
  run: async ({ id, reason, json, ...node }) => {
    const status = await withTaskDesk(await findNode(node, 'admin'), (desk) => desk.cancel(id, reason))
    printAs(json, { task: id, status }, () => `${id} ${status}`)
  },
})
