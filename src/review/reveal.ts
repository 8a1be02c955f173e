/**
 * What is masked in a card, shown to somebody who asked for it: on record before they see it, and only where the policy
 * in force lets them. That is a guard of the same transaction, so once a policy that forbids it is acknowledged, no node
 * shows anything any more.
 */
import { Raw } from '../protocol/raw.js'
import { auditWrites } from '../tasks/entries.js'
import { cardKey } from '../tasks/keys.js'
import { policyGuard } from '../tasks/policyRecord.js'
import type { Procedure } from '../tasks/procedure.js'
import type { Edition } from '../tasks/verdict.js'
import type { Card } from './card.js'
import type { CardAndTask } from './cardReads.js'
import { changeCard, type NotChanged, type Person, type Plan } from './changeCard.js'

export type Revealed = { readonly kind: 'revealed'; readonly output: Raw; readonly payload: Raw; readonly edited?: Raw }

export type RevealReply = Revealed | { readonly kind: 'forbidden'; readonly why: string } | NotChanged

/** What a policy of this edition says of a queue's cards. */
export type RevealTerms = { readonly edition: Edition; readonly mayReveal: boolean }

export type RevealPolicy = {
  /** Reads the policy in force. */
  readonly learn: (tenant: string) => Procedure<void>
  /** Undefined: it isn't known just now. */
  readonly termsOf: (tenant: string, queue: string) => RevealTerms | undefined
}

/** No policy has been read yet. */
type Unknown = { readonly kind: 'unknown' }

const unknownRetryMs = 500

export function* revealCard(
  shards: number,
  by: Person,
  review: string,
  policy: RevealPolicy,
  now: number,
): Procedure<RevealReply> {
  const learn = () => policy.learn(by.tenant)
  const planOf = (found: CardAndTask) => planBy(policy.termsOf(by.tenant, found.card.queue), found, by, now)
  const look = () => changeCard<RevealReply | Unknown>(shards, by, review, false, planOf, learn)
  let reply = yield* look()
  // What is known may be from before a change: a refusal comes from the policy in force.
  if (reply.kind === 'unknown' || reply.kind === 'forbidden') {
    yield* learn()
    reply = yield* look()
  }
  return reply.kind === 'unknown' ? { kind: 'overloaded', retryAfterMs: unknownRetryMs } : reply
}

const planBy = (
  terms: RevealTerms | undefined,
  { card, task }: CardAndTask,
  { sub }: Person,
  now: number,
): Plan<RevealReply | Unknown> => {
  if (terms === undefined) return { kind: 'reply', reply: { kind: 'unknown' } }
  if (!terms.mayReveal) return { kind: 'reply', reply: { kind: 'forbidden', why: whyForbidden(card) } }
  const { id: review, version, outputHash: hash } = card
  return {
    kind: 'commit',
    card,
    // What is shown is what the entry names.
    transaction: {
      guards: [
        { kind: 'equals', record: cardKey(review), field: 'version', value: version },
        policyGuard(card.tenant, terms.edition),
      ],
      writes: auditWrites(card.tenant, { at: now, kind: 'revealed', by: sub, task: card.task, review, version, hash }),
    },
    reply: () => shownIn({ card, task }),
  }
}

const whyForbidden = ({ queue }: Card): string => `reveal: the policy keeps what is masked in queue ${queue} masked`

const shownIn = ({ card: { standing, output }, task }: CardAndTask): Revealed => {
  const edit = standing.status === 'PENDING' || standing.status === 'APPROVED' ? standing.edit : undefined
  return {
    kind: 'revealed',
    output: new Raw(output),
    payload: task?.payload instanceof Uint8Array ? new Raw(task.payload) : Raw.of(null),
    ...(edit === undefined ? {} : { edited: new Raw(edit.value) }),
  }
}
