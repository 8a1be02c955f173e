/** What every ledger keeps to: the port, line by line. Each driver calls it with a way to open an empty one. */
import { describe } from 'vitest'
import { claimContract } from './claimContract.js'
import { commitContract } from './commitContract.js'
import type { OpenLedger } from './opened.js'
import { readContract } from './readContract.js'
import { writeContract } from './writeContract.js'

export function ledgerContract(name: string, open: OpenLedger): void {
  describe(`a ledger: ${name}`, () => {
    commitContract(open)
    writeContract(open)
    claimContract(open)
    readContract(open)
  })
}
