/**
 * The ledger's folder: what it says of itself (`ledger.json`), and the cluster's secrets.
 *
 * `ledger.json` is written before anything else is and never changed, so a folder without it is empty or damaged.
 */
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../../ids.js'
import { systemRandom } from '../../random.js'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { codeOf } from './folderRefusal.js'
import { syncFolder } from './journal.js'
import { damaged, journalNumbers } from './journalFile.js'

export type Format = { readonly format: number; readonly generation: string; readonly shards: number }

/** Of what this version writes. */
const formatNumber = 2
const formatFile = 'ledger.json'
const secretsFolder = 'secrets'
const secretBytes = 32

/** Reads what a folder says of itself; undefined: there is no ledger in it yet. */
export async function readFormat(folder: string, shards: number): Promise<Format | undefined> {
  const path = join(folder, formatFile)
  const text = await readIfThere(path)
  if (text === undefined) {
    if (await hasJournal(folder)) throw damaged(path, 'it is missing')
    return undefined
  }
  const format = parse(text.toString())
  if (format === undefined) throw damaged(path, "it can't be read")
  if (format.format > formatNumber) {
    throw new LedgerRefusal('newer', `${path}: made by a later version (format ${format.format}); use that version`)
  }
  if (format.format < formatNumber) {
    throw new LedgerRefusal(
      'different',
      `${path}: made by an earlier version (format ${format.format}); use that version`,
    )
  }
  if (format.shards !== shards) {
    const why = `made with ${format.shards} shards, not ${shards}, and that can't be changed`
    throw new LedgerRefusal('different', `${path}: ${why}; start with ${format.shards}, or with an empty folder`)
  }
  return format
}

export async function makeFormat(folder: string, shards: number): Promise<Format> {
  const format = { format: formatNumber, generation: newId(), shards }
  await writeOnce(folder, formatFile, Buffer.from(`${JSON.stringify(format)}\n`))
  return format
}

/** The secret of this name, made where there is none. */
export async function readSecret(folder: string, name: string): Promise<Uint8Array> {
  const secrets = join(folder, secretsFolder)
  const file = Buffer.from(name).toString('base64url')
  await mkdir(secrets, { recursive: true, mode: 0o700 })
  const known = await readIfThere(join(secrets, file))
  if (known === undefined) await writeOnce(secrets, file, systemRandom.bytes(secretBytes))
  const secret = known ?? (await readFile(join(secrets, file)))
  if (secret.length !== secretBytes) throw damaged(join(secrets, file), `a secret has ${secretBytes} bytes`)
  return new Uint8Array(secret)
}

/** A file that is there whole or not at all; one that is there stays as it is. */
async function writeOnce(folder: string, name: string, content: Uint8Array): Promise<void> {
  const draft = join(folder, `${name}.${newId()}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
    await link(draft, join(folder, name)).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  } finally {
    await file.close()
    await rm(draft, { force: true })
  }
  await syncFolder(folder)
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
}

async function hasJournal(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  return names !== undefined && (await journalNumbers(folder)).length > 0
}

function parse(text: string): Format | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { format, generation, shards } = value as Record<string, unknown>
    if (typeof format !== 'number' || typeof generation !== 'string' || typeof shards !== 'number') return undefined
    return { format, generation, shards }
  } catch {
    return undefined
  }
}
