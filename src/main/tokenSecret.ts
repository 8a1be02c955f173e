/**
 * The secret that signs tokens, in a file of the data folder: made on a first start, readable by its owner alone. Who
 * can read the folder is the machine's admin, and may make tokens for itself.
 */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '../ids.js'
import { codeOf, LedgerRefusal, refusalOf } from '../ledger/embedded/ledgerRefusal.js'

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

/** Throws a `LedgerRefusal`. */
export const openTokenSecret = (folder: string): TokenSecret => {
  const known = readTokenSecret(folder)
  if (known !== null) return { secret: known, isNew: false }
  const secret = randomBytes(secretBytes)
  const draft = join(folder, `${fileName}.${newId()}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // There whole or not at all: half a secret would be taken for one.
    writeFileSync(draft, `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
    linkSync(draft, join(folder, fileName))
  } catch (error) {
    throw refusalOf(error, folder)
  } finally {
    rmSync(draft, { force: true })
  }
  return { secret, isNew: true }
}
