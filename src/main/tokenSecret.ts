/**
 * The secret that signs tokens, in a file of the data folder: made on a first start, readable by its owner alone. Who
 * can read the folder is the machine's admin, and may make tokens for itself.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const fileName = 'token-secret'

/** `isNew`: it was made just now. */
export type TokenSecret = { readonly secret: Uint8Array; readonly isNew: boolean }

/** Null where there is none. */
export const readTokenSecret = (folder: string): Uint8Array | null => {
  try {
    return Buffer.from(readFileSync(join(folder, fileName), 'utf8').trim(), 'hex')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export const openTokenSecret = (folder: string): TokenSecret => {
  const known = readTokenSecret(folder)
  if (known !== null) return { secret: known, isNew: false }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const secret = randomBytes(32)
  // `wx`: of two that start at once only one makes it; the other finds the folder locked anyway.
  writeFileSync(join(folder, fileName), `${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  return { secret, isNew: true }
}
