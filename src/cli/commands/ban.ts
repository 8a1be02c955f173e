/** `chimera ban` and `chimera unban`: an agent is thrown out, and may come again. */
import { formats } from '../../protocol/formats.js'
import { command } from '../command.js'
import { agentPath, sayToFleet, wordOptions } from '../fleetDesk.js'
import { formatted, required } from '../option.js'

const agentId = {
  id: required(formatted('id', 'The agent; without an instance, all of its instances.', formats.agent)),
}

export const ban = command({
  name: 'ban',
  about: 'Close the connections of an agent and take from it what it holds, which others then work on.',
  examples: ['chimera ban crawler --reason "writes to the wrong folder"'],
  arguments: agentId,
  options: wordOptions,
  run: ({ id, ...options }) => sayToFleet(`${agentPath(id)}/ban`, options, () => `agent ${id} BANNED`),
})

export const unban = command({
  name: 'unban',
  about: 'Let a banned agent connect again. It has to be started again.',
  arguments: agentId,
  options: wordOptions,
  run: ({ id, ...options }) => sayToFleet(`${agentPath(id)}/unban`, options, () => `agent ${id} not BANNED`),
})
