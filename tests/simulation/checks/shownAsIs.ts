/** V90: while nothing changes, every node and every open console shows the cards that wait by the ledger, and their number. */
import type { Finished } from '../checker.js'

export function* shownAsIs({ world }: Finished): Generator<string> {
  for (const { shownBy, waiting, listed, counts = [] } of world.looks) {
    const shown = [...listed].sort()
    if (shown.join() !== waiting.join())
      yield `V90 ${shownBy} shows ${shown.join(', ') || 'nothing'}, where ${waiting.join(', ') || 'nothing'} waits`
    for (const count of counts)
      if (count !== waiting.length) yield `V90 ${shownBy} counts ${count} cards, where ${waiting.length} wait`
  }
}
