/**
 * The secret that signs tokens, in a file of the data folder: made on a first start, readable by its owner alone. Who
 * can read the folder is the machine's admin, and may make tokens for itself.
 */
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '../ids.js'
import { codeOf, refusalOf } from '../ledger/embedded/folderRefusal.js'
import { makeFolder } from '../ledger/embedded/makeFolder.js'
import { LedgerRefusal } from '../ledger/ledgerRefusal.js'

const fileName = 'token-secret'
const secretBytes = 32

/** `isNew`: it was made just now. */
export type TokenSecret = { readonly secret: Uint8Array; readonly isNew: boolean }

/** Null where there is none. Throws a `LedgerRefusal` where the file can't be read, or isn't what it was. */
export const readTokenSecret = (folder: string): Uint8Array | null => {
  const path = join(folder, fileName)
  try {
    const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex')
    if (secret.length === secretBytes) return secret
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw refusalOf(error, folder)
  }
  const next = 'restore it from a copy, or remove it to have a new one made, which ends all tokens'
  throw new LedgerRefusal('damaged', `${path}: expected ${secretBytes} bytes in hex; ${next}`)
}

/** `shared`: the secret of a cluster, kept here for the commands of this machine. Throws a `LedgerRefusal`. */
export const openTokenSecret = (folder: string, shared?: Uint8Array): TokenSecret => {
  const known = readTokenSecret(folder)
  if (known !== null && (shared === undefined || Buffer.compare(known, shared) === 0)) {
    return { secret: known, isNew: false }
  }
  if (known !== null) {
    const next = "it holds another cluster's secret or a node's own: give this node a data folder of its own"
    throw new LedgerRefusal('different', `${join(folder, fileName)}: ${next}`)
  }
  const secret = Buffer.from(shared ?? randomBytes(secretBytes))
  const draft = join(folder, `${fileName}.${newId()}`)
  try {
    makeFolder(folder)
    // There whole or not at all: half a secret would be taken for one.
    writeFileSync(draft, `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, join(folder, fileName))
  } catch (error) {
    throw refusalOf(error, folder)
  } finally {
    rmSync(draft, { force: true })
  }
  return { secret, isNew: shared === undefined }
}
