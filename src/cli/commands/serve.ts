/**
 * `chimera serve`: a node, until it is told to stop.
 *
 * Whoever starts it as a child with a channel is told the address there, and ends it by closing the channel, so that no
 * node outlives its supervisor.
 */
import { knobs, readConfig } from '../../config.js'
import { command } from '../command.js'
import { removeAddress, writeAddress } from '../dataFolder.js'
import { CommandFailure } from '../failure.js'
import { handOutTokens } from '../firstTokens.js'
import { type Option, text } from '../option.js'
import { listenForStop } from '../stopping.js'
import { note } from '../terminal.js'

type KnobName = keyof typeof knobs

const flags = Object.fromEntries(
  Object.entries(knobs)
    .filter(([, knob]) => !('isSecret' in knob))
    .map(([name, { expected, why, fallback }]) => [name, text('value', aboutKnob({ expected, why, fallback }))]),
) as Readonly<Record<KnobName, Option<string | undefined>>>

export const serve = command({
  name: 'serve',
  about: 'Run a node. Each flag has its variable: --lease-ms is CHIMERA_LEASE_MS, --port is CHIMERA_PORT.',
  examples: ['chimera serve', 'chimera serve --host 0.0.0.0 --port 8080 --data /var/lib/chimera --metrics-port 9090'],
  options: flags,
  run: async (given) => {
    const stopping = listenForStop()
    const config = readConfig(statedOf(given))
    // The node and all that it needs are loaded for this command alone.
    const { startNode } = await import('../../main/node.js')
    const node = await startNode(config, { signal: stopping.signal }).catch((error: unknown) => {
      // Told to stop while it waited for its ledger: there is nothing to drain.
      if (!stopping.signal.aborted) throw error
    })
    if (node === undefined) return
    const { url, metricsUrl } = node
    try {
      await writeAddress(config.data, { url, pid: process.pid })
      const metrics = metricsUrl === undefined ? '' : ` Metrics on ${metricsUrl}.`
      note(`Listening on ${url}, data in ${config.data}. Console on ${url}/console/.${metrics}`)
      if (node.isFirstStart) await handOutTokens(config.data, node)
      process.once('disconnect', stopping.ask)
      process.send?.({ url })
      const failure = await Promise.race([stopping.asked, node.failed])
      if (failure !== undefined) throw new CommandFailure(`the node can't go on: ${failure}`)
      note('Draining; a second signal ends at once.')
    } finally {
      await node.stop()
      await removeAddress(config.data, process.pid)
      if (process.connected) process.disconnect()
    }
  },
})

function statedOf(given: Readonly<Record<string, string | undefined>>): Readonly<Partial<Record<string, string>>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function aboutKnob({
  expected,
  why,
  fallback,
}: {
  readonly expected: string
  readonly why: string
  readonly fallback: unknown
}): string {
  const isNone = fallback === undefined || (Array.isArray(fallback) && fallback.length === 0)
  return `${why} ${expected[0]?.toUpperCase()}${expected.slice(1)}${isNone ? '' : `; default: ${fallback}`}.`
}
