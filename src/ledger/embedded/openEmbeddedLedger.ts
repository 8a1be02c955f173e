/**
 * The ledger of a single node: a folder, no server.
 *
 * Everything is carried out in memory at once, in the order of the calls, and answered once the journal has it on disk.
 */
import { stat } from 'node:fs/promises'
import { LedgerRefusal } from '../ledgerRefusal.js'
import type { Ledger } from '../port.js'
import { EmbeddedLedger } from './embeddedLedger.js'
import { makeFormat, readFormat } from './folder.js'
import { type FolderLock, lockFolder } from './folderLock.js'
import { messageOf, refusalOf } from './folderRefusal.js'
import { Journal } from './journal.js'
import { damaged, leastPagesBytes, readJournal } from './journalFile.js'
import { makeFolder } from './makeFolder.js'
import { Pages, pagesFile, pagesFlaw } from './pages.js'
import { Room } from './room.js'
import { Store } from './store.js'
import { takenKey } from './tables.js'
import { unpack } from './unpacking.js'

export type EmbeddedLedgerOptions = {
  /** Made where there is none. */
  readonly folder: string
  /** The machine's wall clock, ms since the epoch; may go back. */
  readonly clock: () => number
  /** 1 to 64, fixed when the folder is made. */
  readonly shards?: number
  /** Records kept in memory, per shard: about 1 kB each. */
  readonly recordsInMemory?: number
  /** Bytes of journal after which the pages take over: a start reads at most about twice as much, memory has it too. */
  readonly journalBytes?: number
  /** Below this much room on the disk what only adds is refused, so that there is some for what drains. */
  readonly leastRoomBytes?: number
  /** How long to wait before a write that found no room is tried again. */
  readonly retryMs?: number
}

const mebi = 1 << 20
const shardsMax = 64

/** Rejects with a `LedgerRefusal` where the folder can't be used, and leaves it as it was. */
export async function openEmbeddedLedger(options: EmbeddedLedgerOptions): Promise<Ledger> {
  const { folder, shards = 1 } = options
  if (!Number.isInteger(shards) || shards < 1 || shards > shardsMax)
    throw new RangeError(`shards: expected 1 to ${shardsMax}`)
  try {
    await readFormat(folder, shards)
    makeFolder(folder)
    const lock = await lockFolder(folder)
    try {
      return await openLocked(options, shards, lock)
    } catch (error) {
      await lock.release()
      throw error
    }
  } catch (error) {
    throw refusalOf(error, folder)
  }
}

async function openLocked(options: EmbeddedLedgerOptions, shards: number, lock: FolderLock): Promise<Ledger> {
  const { folder, clock, recordsInMemory = 32_768, leastRoomBytes = 64 * mebi } = options
  const { generation } = (await readFormat(folder, shards)) ?? (await makeFormat(folder, shards))
  const store = await openStore(options, generation)
  const room = new Room(folder, leastRoomBytes)
  await room.look()
  return new EmbeddedLedger({ folder, generation, store, lock, room, clock, shards, recordsInMemory })
}

async function openStore(options: EmbeddedLedgerOptions, generation: string): Promise<Store> {
  const { folder, journalBytes = 16 * mebi, retryMs = 250 } = options
  const pages = await openPages(folder, generation)
  try {
    const taken = pages.get(takenKey)
    const replay = await readJournal(folder, { generation, taken: taken === undefined ? 0 : Number(unpack(taken)) })
    const journal = new Journal(folder, generation, replay)
    const store = new Store(pages, journal, { journalBytes, retryMs })
    for (const content of replay.contents) store.replay(content)
    if (replay.at === 0) await journal.turn(pages.fileBytes())
    else await journal.resume()
    return store
  } catch (error) {
    await pages.close()
    throw error
  }
}

async function openPages(folder: string, generation: string): Promise<Pages> {
  const path = pagesFile(folder)
  const least = await leastPagesBytes(folder, generation)
  const bytes = await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
  if (bytes < least) throw damaged(path, `it has ${bytes} bytes and had ${least}`)
  const flaw = await pagesFlaw(folder)
  if (flaw !== undefined) throw damaged(path, flaw)
  try {
    return new Pages(folder)
  } catch (error) {
    throw new LedgerRefusal('damaged', `${path}: ${messageOf(error)}; restore the folder from a copy`, { cause: error })
  }
}
