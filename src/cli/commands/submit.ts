/** `chimera submit`: hands in a task, or one for each line of a file. */
import type { Producer } from '../../client/index.js'
import { UsageError } from '../../errors.js'
import { newId } from '../../ids.js'
import { formats, limits } from '../../protocol/formats.js'
import { findNode, nodeOptions } from '../access.js'
import { command } from '../command.js'
import { withProducer } from '../connected.js'
import { CommandFailure } from '../failure.js'
import { duration, flag, formatted, integer, json, names, oneOf, text } from '../option.js'
import { payloadsFrom } from '../payloads.js'
import { type Submitted, submitTasks, type TaskToSubmit } from '../submission.js'
import { note, printAs } from '../terminal.js'
import { lineOf } from './outcomes.js'

export const submit = command({
  name: 'submit',
  about: 'Hand in tasks. Prints the id of each once the node has it for good.',
  examples: [
    `chimera submit --queue mail --payload '{"subject":"Hi"}' --wait`,
    'cat task.json | chimera submit --steps classify,file --key order-17 --subscriber shop',
    'chimera submit --queue mail --lines mails.ndjson --priority low --json',
  ],
  options: {
    queue: formatted('name', 'Where it is worked on.', formats.name),
    steps: names('queues', 'Instead of --queue: queues, one after the other, with commas between.'),
    payload: text('JSON', 'What is to be worked on. Else the standard input.'),
    lines: text('file', 'A task for each line of JSON in this file; - is the standard input.'),
    key: formatted(
      'text',
      'The same key again is the same task. With --lines each gets the number of its line behind it. Default: made here.',
      formats.key,
    ),
    priority: oneOf('Default: normal.', ['high', 'normal', 'low']),
    delay: duration('Not before this has passed.'),
    ttl: duration('Give up where it waited this long for an agent.'),
    timeout: duration('Limits each attempt. Default: 10m.'),
    maxAttempts: integer('n', 'In each step. Default: 3.', 1, limits.maxAttempts),
    subscriber: formatted('name', 'Keep its outcomes under this name, for "chimera outcomes".', formats.name),
    wait: flag('Wait for the outcomes and print them; fails unless all were completed or approved.'),
    ...nodeOptions,
    json,
  },
  run: async ({ queue, steps, payload, lines, key, subscriber, wait, json, url, token, data, tenant, ...rest }) => {
    if ((queue === undefined) === (steps === undefined))
      throw new UsageError('--queue or --steps: expected one of them; --steps a,b works through queue a, then b')
    const access = await findNode({ url, token, data, tenant }, 'producer')
    const { priority, delay: delayMs, ttl: ttlMs, timeout: timeoutMs, maxAttempts } = rest
    const common = { queue, steps, priority, delayMs, ttlMs, timeoutMs, maxAttempts }
    const accepted: string[] = []
    let refused = 0
    for await (const batch of batches(payloadsFrom({ payload, lines }), common, key ?? newId()))
      for (const submitted of await submitTasks(access, batch, subscriber)) {
        if ('error' in submitted) refused++
        else accepted.push(submitted.id)
        tell(submitted, json, wait)
      }
    const missed =
      wait && accepted.length > 0 ? await withProducer(access, (producer) => waitFor(producer, accepted, json)) : 0
    if (refused > 0) throw new CommandFailure(`${refused} refused; the lines above say why`)
    if (missed > 0) throw new CommandFailure(`${missed} ended without a released output`)
  },
})

/** Well below what a node takes in one body. */
const batchChars = 256 * 1_024

/** As many tasks as one call takes, each with its key. */
async function* batches(
  payloads: AsyncIterable<{ readonly payload: unknown; readonly line?: number }>,
  common: Readonly<Record<string, unknown>>,
  keyBase: string,
): AsyncGenerator<readonly TaskToSubmit[]> {
  let batch: TaskToSubmit[] = []
  let chars = 0
  for await (const { payload, line } of payloads) {
    const task = { ...common, payload, key: line === undefined ? keyBase : `${keyBase}/${line}` }
    const size = JSON.stringify(task).length
    if (batch.length === limits.tasksPerSubmit || (batch.length > 0 && chars + size > batchChars)) {
      yield batch
      batch = []
      chars = 0
    }
    batch.push(task)
    chars += size
  }
  if (batch.length > 0) yield batch
}

function tell(submitted: Submitted, json: boolean, wait: boolean): void {
  if ('error' in submitted) {
    const { code, message } = submitted.error
    if (json) printAs(true, submitted, () => '')
    else note(`refused: ${code}: ${message}`)
  } else if (!wait) printAs(json, submitted, () => (submitted.existing ? `${submitted.id} (was known)` : submitted.id))
}

/** Tells each outcome. How many of them are none that one can use? */
async function waitFor(producer: Producer, ids: readonly string[], json: boolean): Promise<number> {
  let missed = 0
  for (const id of ids) {
    const outcome = await producer.outcome(id)
    if (outcome.status !== 'COMPLETED' && outcome.status !== 'APPROVED') missed++
    printAs(json, outcome, () => lineOf({ ...outcome, final: true }))
  }
  return missed
}
