/** `chimera outcomes`: what became of the tasks submitted under a name, as it happens. */
import type { Outcome } from '../../client/index.js'
import { formats } from '../../protocol/formats.js'
import { findNode, nodeOptions } from '../access.js'
import { timeOf } from '../columns.js'
import { command } from '../command.js'
import { withProducer } from '../connected.js'
import { formatted, integer, json, required } from '../option.js'
import { listenForStop } from '../stopping.js'
import { excerpt, jsonLine, printAs } from '../terminal.js'

export const outcomes = command({
  name: 'outcomes',
  about:
    'Follow the outcomes kept for a subscriber. Each is told once; those that nobody has seen are kept for 7 days.',
  examples: [
    'chimera outcomes --subscriber shop',
    'chimera outcomes --subscriber shop --json --count 100 > outcomes.ndjson',
  ],
  options: {
    subscriber: required(formatted('name', 'As given to "chimera submit --subscriber".', formats.name)),
    count: integer('n', 'End after so many. Default: follow until stopped.', 1, 1_000_000_000),
    ...nodeOptions,
    json,
  },
  run: async ({ subscriber, count, json, ...node }) => {
    const access = await findNode(node, 'producer')
    const stopping = listenForStop()
    await withProducer(
      access,
      async (producer) => {
        let left = count ?? Number.POSITIVE_INFINITY
        let isHoldingBack = false
        producer.onOutcome((outcome) => {
          if (left <= 0) {
            // Never seen by this connection, and so told to the next.
            isHoldingBack = true
            return new Promise<void>(() => {})
          }
          const { type: _, seq: __, ...told } = outcome
          printAs(json, told, () => lineOf(outcome))
          left--
          // That the last one was seen leaves at the end of this turn.
          if (left === 0) setImmediate(() => setImmediate(stopping.ask))
          return undefined
        })
        await stopping.asked
        // Closing would wait for what is held back.
        if (isHoldingBack) process.exit(0)
      },
      subscriber,
    )
  },
})

export function lineOf({
  at,
  task,
  status,
  step,
  final,
  output,
  error,
  rejection,
}: Omit<Outcome, 'type' | 'seq'>): string {
  const said = error === undefined ? rejection?.reason : `${error.code}: ${error.message}`
  const about = said ?? (output === undefined ? (final ? '' : `step ${step}`) : jsonLine(output))
  return `${timeOf(at)}  ${task}  ${status}  ${excerpt(about, 200)}`.trimEnd()
}
