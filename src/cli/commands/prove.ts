/** `chimera prove`: the real faults, against real processes and sockets of its own, with what came of each. */
import { systemClock } from '../../clock.js'
import { UsageError } from '../../errors.js'
import { faults } from '../../prove/faultTable.js'
import { prove as proveAll } from '../../prove/proof.js'
import { headLine, verdictLines } from '../../prove/report.js'
import { signToken } from '../../transport/authentication.js'
import { command } from '../command.js'
import { CommandFailure } from '../failure.js'
import { defaultTenant } from '../localToken.js'
import { flag, integer, json, names, withDefault } from '../option.js'
import { listenForStop } from '../stopping.js'
import { print, printJson } from '../terminal.js'

const all = faults.map(({ name }) => name)

export const prove = command({
  name: 'prove',
  about: `Break things, and count what was lost: Redis, nodes, agents and producers of its own on this machine, a fault in the midst of their work, and what came of it beside what is expected. The faults: ${all.join(', ')}.`,
  examples: ['chimera prove', 'chimera prove --only node-killed,keys-flushed', 'chimera prove --long --json'],
  options: {
    only: names('faults', 'These alone, with commas between. Default: all.'),
    seed: withDefault(integer('n', 'Of the load. Default: 1.', 0, 2 ** 31), 1),
    long: flag('With the spans of time that nodes have by default, and more load: some minutes a fault.'),
    embedded: flag('One node on the embedded ledger, with the faults that apply there.'),
    json,
  },
  run: async ({ only = all, seed, long: isLong, embedded: isEmbedded, json }) => {
    const unknown = only.find((name) => !all.includes(name))
    if (unknown !== undefined)
      throw new UsageError(`--only: there is no fault ${JSON.stringify(unknown)}; expected some of ${all.join(', ')}`)
    const chosen = faults.filter(({ name, runsOnEmbedded }) => only.includes(name) && (runsOnEmbedded || !isEmbedded))
    const stopping = listenForStop()
    const clock = systemClock()
    if (!json) print(headLine)
    try {
      const isProved = await proveAll({
        faults: chosen,
        seed,
        isLong,
        isEmbedded,
        command: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
        makeToken: (secret, bearer) =>
          signToken(secret, { ...bearer, tenant: defaultTenant, ttlSeconds: tokenSeconds, now: clock.now() }),
        signal: stopping.signal,
        onVerdict: (verdict) => {
          if (json) printJson(verdict)
          else for (const line of verdictLines(verdict)) print(line)
        },
      })
      if (!isProved) throw new CommandFailure(`worse than expected; again with "chimera prove --seed ${seed}"`)
    } catch (error) {
      if (!stopping.signal.aborted) throw error
      throw new CommandFailure('stopped; everything that was started has ended')
    }
  },
})

const tokenSeconds = 86_400
