/**
 * Which cluster this data folder's node has joined: at the next start a Redis that was flushed is told from one that
 * belongs to somebody else. Where the folder doesn't outlive its container, a setting names the cluster.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '../ids.js'
import { codeOf, refusalOf } from '../ledger/embedded/folderRefusal.js'
import { makeFolder } from '../ledger/embedded/makeFolder.js'
import { LedgerRefusal } from '../ledger/ledgerRefusal.js'

export type JoinedCluster = { readonly name: string; readonly id: string }

const fileOf = (folder: string): string => join(folder, 'cluster.json')

/** Null where it has joined none. Throws a `LedgerRefusal` where the file can't be read, or isn't what it was. */
export function readJoinedCluster(folder: string): JoinedCluster | null {
  const path = fileOf(folder)
  try {
    const { name, id }: Partial<Record<string, unknown>> = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof name === 'string' && typeof id === 'string') return { name, id }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (!(error instanceof SyntaxError)) throw refusalOf(error, folder)
  }
  const next = 'restore it from a copy, or remove it to join whatever cluster is there'
  throw new LedgerRefusal('damaged', `${path}: expected the name and the id of a cluster; ${next}`)
}

/** There whole or not at all. Throws a `LedgerRefusal`. */
export function keepJoinedCluster(folder: string, { name, id }: JoinedCluster): void {
  const draft = `${fileOf(folder)}.${newId()}`
  try {
    makeFolder(folder)
    writeFileSync(draft, `${JSON.stringify({ name, id })}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(draft, fileOf(folder))
  } catch (error) {
    throw refusalOf(error, folder)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** The cluster that is expected, by the folder and by the setting. Throws a `LedgerRefusal` where they don't agree. */
export function expectedCluster(
  folder: string,
  { cluster, clusterId }: { readonly cluster: string; readonly clusterId: string | undefined },
): { readonly id: string; readonly hasJoined: boolean } | undefined {
  const joined = readJoinedCluster(folder)
  if (joined === null) return clusterId === undefined ? undefined : { id: clusterId, hasJoined: false }
  const isOther = joined.name !== cluster || (clusterId !== undefined && joined.id !== clusterId)
  if (!isOther) return { id: joined.id, hasJoined: true }
  throw new LedgerRefusal(
    'different',
    `${folder}: this data folder's node has joined the cluster "${joined.name}" (${joined.id}); ` +
      'give that name and id, or another data folder',
  )
}
