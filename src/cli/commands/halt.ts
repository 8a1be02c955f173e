/** `chimera halt`: the kill switch. */
import { command } from '../command.js'
import { sayToFleet, wordOptions } from '../fleetDesk.js'

export const halt = command({
  name: 'halt',
  about: 'Stop everything of the tenant: what runs is cancelled, nothing is handed out or taken in. For admins.',
  examples: ['chimera halt --reason "wrong mailing list"', 'chimera resume tenant'],
  options: wordOptions,
  run: (options) =>
    sayToFleet('/halt', options, ({ fleet, cancelled = 0 }) => `tenant ${fleet.status}, ${cancelled} tasks cancelled`),
})
