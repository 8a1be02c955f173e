/**
 * What `serve` leaves in its data folder for the commands on the same machine: where the node listens, as long as it
 * does, and the tokens made on the first start.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../errors.js'

export type NodeAddress = { readonly url: string; readonly pid: number }

export async function writeTokens(folder: string, lines: readonly string[]): Promise<string> {
  const file = join(folder, 'tokens')
  await orRefused(folder, () => writeFile(file, `${lines.join('\n')}\n`, { mode: 0o600 }))
  return file
}

export async function writeAddress(folder: string, address: NodeAddress): Promise<void> {
  await orRefused(folder, () => writeFile(addressFile(folder), `${JSON.stringify(address)}\n`))
}

/** Where the node of this folder listens, or listened when it was killed. */
export async function readAddress(folder: string): Promise<NodeAddress | undefined> {
  const text = await read(addressFile(folder))
  if (text === undefined) return undefined
  try {
    const { url, pid }: Partial<Record<string, unknown>> = JSON.parse(text)
    if (typeof url === 'string' && typeof pid === 'number') return { url, pid }
  } catch {}
  throw new UsageError(`${addressFile(folder)}: can't be read; start the node of this folder again, or give --url`)
}

/** Only its own: another node may have come since. */
export async function removeAddress(folder: string, pid: number): Promise<void> {
  const address = await readAddress(folder).catch(() => undefined)
  if (address?.pid === pid) await rm(addressFile(folder), { force: true })
}

const addressFile = (folder: string): string => join(folder, 'node.json')

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw refusal(file, error)
  }
}

async function orRefused<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof UsageError ? error : refusal(folder, error)
  }
}

const refusal = (path: string, error: unknown): UsageError =>
  new UsageError(
    `${path}: ${messageOf(error)}; give this user the right to use it, or choose another folder with --data`,
  )

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
