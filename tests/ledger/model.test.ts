/** Random sequences of commands, side by side on the embedded ledger and on the model: same answers, same state. */
import fc from 'fast-check'
import { test } from 'vitest'
import { openEmbeddedLedger } from '../../src/ledger/embedded/openEmbeddedLedger.js'
import { temporaryFolder } from './temporaryFolder.js'
import { type Command, command, runTwins } from './twins.js'

const timeoutMs = 120_000

/** From an empty folder. */
async function runEmbedded(commands: readonly Command[], limits: { readonly journalBytes?: number } = {}) {
  await using folder = await temporaryFolder()
  await runTwins(commands, (clock) => openEmbeddedLedger({ folder: folder.path, clock, recordsInMemory: 4, ...limits }))
}

test(
  '[L40] whatever is asked, in whatever order, the embedded ledger answers as the model does',
  async () => {
    const commands = fc.array(command, { minLength: 1, maxLength: 60, size: 'max' })
    await fc.assert(
      fc.asyncProperty(commands, (sequence) => runEmbedded(sequence)),
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
      fc.asyncProperty(commands, (sequence) => runEmbedded(sequence, { journalBytes: 1_024 })),
      { numRuns: 40 },
    )
  },
  timeoutMs,
)
