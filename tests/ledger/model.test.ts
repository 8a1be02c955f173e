/** Random sequences of commands, side by side on the embedded ledger and on the model: same answers, same state. */
import fc from 'fast-check'
import { test } from 'vitest'
import { command, runTwins } from './twins.js'

const timeoutMs = 120_000

test(
  '[L40] whatever is asked, in whatever order, the embedded ledger answers as the model does',
  async () => {
    const commands = fc.array(command, { minLength: 1, maxLength: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(commands, (sequence) => runTwins(sequence)),
      { numRuns: 40 },
    )
  },
  timeoutMs,
)

test(
  '[L41] so it does where the pages take over all the time',
  async () => {
    const commands = fc.array(command, { minLength: 20, maxLength: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(commands, (sequence) => runTwins(sequence, { journalBytes: 1_024 })),
      { numRuns: 40 },
    )
  },
  timeoutMs,
)
