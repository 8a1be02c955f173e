/** `chimera fleet`: what is paused, banned, halted. */
import { nodeOptions } from '../access.js'
import { command } from '../command.js'
import { fleetLines, readFleet } from '../fleetDesk.js'
import { json } from '../option.js'
import { printAs } from '../terminal.js'

export const fleet = command({
  name: 'fleet',
  about: 'Show what is paused, banned or halted: by whom, since when and why.',
  options: { ...nodeOptions, json },
  run: async ({ json, ...node }) => {
    const standing = await readFleet(node)
    printAs(json, standing, () => fleetLines(standing).join('\n'))
  },
})
