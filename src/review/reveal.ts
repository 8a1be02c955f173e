/** What is masked in a card, shown to somebody who asked for it: on record before they see it. */
import { Raw } from '../protocol/raw.js'
import { auditWrites } from '../tasks/entries.js'
import { cardKey } from '../tasks/keys.js'
import type { Procedure } from '../tasks/procedure.js'
import { changeCard, type NotChanged, type Person } from './changeCard.js'

export type Revealed = { readonly kind: 'revealed'; readonly output: Raw; readonly payload: Raw; readonly edited?: Raw }

export function* revealCard(shards: number, by: Person, review: string, now: number): Procedure<Revealed | NotChanged> {
  return yield* changeCard<Revealed>(shards, by, review, false, ({ card, task }) => {
    const { standing } = card
    const edit = standing.status === 'PENDING' || standing.status === 'APPROVED' ? standing.edit : undefined
    const payload = task?.payload instanceof Uint8Array ? new Raw(task.payload) : Raw.of(null)
    const entry = {
      at: now,
      kind: 'revealed',
      by: by.sub,
      task: card.task,
      review,
      version: card.version,
      hash: card.outputHash,
    } as const
    return {
      kind: 'commit',
      card,
      // What is shown is what the entry names.
      transaction: {
        guards: [{ kind: 'equals', record: cardKey(review), field: 'version', value: card.version }],
        writes: auditWrites(card.tenant, entry),
      },
      reply: () => ({
        kind: 'revealed',
        output: new Raw(card.output),
        payload,
        ...(edit === undefined ? {} : { edited: new Raw(edit.value) }),
      }),
    }
  })
}
