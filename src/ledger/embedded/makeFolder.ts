/**
 * Makes a folder and those above it, each on its own: told to make all at once, Node never comes back from places such
 * as `/proc`, where an existing folder says of a new one that it isn't there.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { codeOf, messageOf } from './folderRefusal.js'

/** For the owner alone. One that is there stays as it is. */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.unshift(at)
  for (const level of missing) makeLevel(level)
}

function makeLevel(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    if (codeOf(error) !== 'ENOENT') throw error
    const next = 'no folder can be made there; choose another one'
    throw new LedgerRefusal('forbidden', `${folder}: ${messageOf(error)}; ${next}`, { cause: error })
  }
}
