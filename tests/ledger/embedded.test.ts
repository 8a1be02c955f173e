/** The contract, on the model and on the embedded ledger. */
import { openEmbeddedLedger } from '../../src/ledger/embedded/openEmbeddedLedger.js'
import { ledgerContract } from './contract.js'
import { createModelLedger } from './model.js'
import { type Opened, openedOver } from './opened.js'
import { temporaryFolder } from './temporaryFolder.js'

const start = 1_700_000_000_000

async function openModel(): Promise<Opened> {
  let now = start
  const ledger = createModelLedger({ now: () => now })
  const pass = (ms: number) => {
    now += ms
  }
  return { ledger, pass, [Symbol.asyncDispose]: () => ledger.close() }
}

async function openEmbedded(journalBytes: number): Promise<Opened> {
  const folder = await temporaryFolder()
  const open = async (clock: () => number) => openEmbeddedLedger({ folder: folder.path, clock, journalBytes })
  return await openedOver(open, () => folder[Symbol.asyncDispose]())
}

ledgerContract('the model', openModel)
ledgerContract('embedded', () => openEmbedded(1 << 24))
ledgerContract('embedded, where the pages take over all the time', () => openEmbedded(512))
