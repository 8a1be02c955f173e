/** Now and then each node removes the functions of versions that nobody uses any more, on each server. */
import type { Clock, Timer } from '../../clock.js'
import { LedgerFault } from '../port.js'
import type { RedisConnection } from './connection.js'
import type { Library } from './library.js'
import { removeUnusedLibraries } from './libraryLoading.js'

export type TidyingOptions = {
  readonly connection: RedisConnection
  readonly library: Library
  readonly clock: Clock
  readonly onTidied: (libraries: readonly string[]) => void
}

const minute = 60_000
/** A rolling upgrade, or one that is taken back, is over. */
const firstAfterMs = 10 * minute
const everyMs = 24 * 60 * minute

export function keepLibrariesTidy({ connection, library, clock, onTidied }: TidyingOptions): Pick<Timer, 'cancel'> {
  const look = async (): Promise<void> => {
    const removed = await connection.askEach((send) => removeUnusedLibraries(send, library))
    const names = [...new Set(removed.flat())]
    if (names.length > 0) onTidied(names)
  }
  const next = (afterMs: number): Timer =>
    clock.at(clock.now() + afterMs, () => {
      look().catch(passOver)
      timer = next(everyMs)
    })
  let timer = next(firstAfterMs)
  return { cancel: () => timer.cancel() }
}

/** Servers that can't be reached are looked at another time. */
function passOver(error: unknown): void {
  if (!(error instanceof LedgerFault)) throw error
}
