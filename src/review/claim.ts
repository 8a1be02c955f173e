/**
 * Who has a card to themselves: by a claim, for a while, or by an assignment, until it is handed on.
 *
 * Both are committed to the card and make a version of it, so of two who take it at once one has it. A claim whose time
 * is over counts for nothing, whatever its holder still believes.
 */
import type { Procedure } from '../tasks/procedure.js'
import type { Card } from './card.js'
import type { CardAndTask } from './cardReads.js'
import { changedWrites, unresolved } from './cardWrites.js'
import { changeCard, type NotChanged, type Person, type Plan } from './changeCard.js'
import { heldBy, type Pending } from './standing.js'

export type ClaimRequest = {
  readonly review: string
  readonly release?: boolean
  /** Although another has it: for admins. */
  readonly force?: boolean
}

export type AssignRequest = { readonly review: string; readonly to?: string; readonly note?: string }

export type ClaimReply =
  | ({ readonly kind: 'done' | 'alreadyDecided' | 'claimed' } & CardAndTask)
  | { readonly kind: 'forbidden'; readonly why: string }
  | NotChanged

export function* claimCard(
  shards: number,
  by: Person,
  request: ClaimRequest,
  claimMs: number,
  now: number,
): Procedure<ClaimReply> {
  if (request.force === true && !isAdmin(by)) return { kind: 'forbidden', why: 'force: for the role admin' }
  return yield* changeCard<ClaimReply>(shards, by, request.review, false, (found) =>
    request.release === true ? planRelease(found, by, request, now) : planClaim(found, by, request, claimMs, now),
  )
}

export function* assignCard(shards: number, by: Person, request: AssignRequest, now: number): Procedure<ClaimReply> {
  return yield* changeCard<ClaimReply>(shards, by, request.review, false, (found) =>
    planAssign(found, by, request, now),
  )
}

const isAdmin = ({ roles = [] }: Person): boolean => roles.includes('admin')

const planClaim = (
  found: CardAndTask,
  { sub }: Person,
  { force = false }: ClaimRequest,
  claimMs: number,
  now: number,
): Plan<ClaimReply> => {
  const { card } = found
  const { standing } = card
  if (standing.status !== 'PENDING') return reply(found, 'alreadyDecided')
  const holder = heldBy(standing, sub, now)
  if (holder !== null && !force) return reply(found, 'claimed')
  const { claim, assignment, ...rest } = standing
  const claimed = { ...rest, claim: { by: sub, until: now + claimMs } }
  // It goes on: on record is when it began.
  const isRenewed = claim?.by === sub && claim.until > now && holder === null
  const next = assignment === undefined || holder !== null ? claimed : { ...claimed, assignment }
  if (isRenewed) return change(card, next, null)
  return change(card, next, { kind: 'claimed', at: now, by: sub, ...(holder === null ? {} : { from: holder }) })
}

/** Nothing happens to a card that nobody has claimed, or not any more. */
const planRelease = (
  found: CardAndTask,
  { sub }: Person,
  { force = false }: ClaimRequest,
  now: number,
): Plan<ClaimReply> => {
  const { card } = found
  const { standing } = card
  if (standing.status !== 'PENDING') return reply(found, 'alreadyDecided')
  const { claim, ...rest } = standing
  if (claim === undefined || claim.until <= now) return reply(found, 'done')
  if (claim.by !== sub && !force) return reply(found, 'claimed')
  const from = claim.by === sub ? {} : { from: claim.by }
  return change(card, rest, { kind: 'released', at: now, by: sub, ...from })
}

/** Whoever has it, gave it, or is an admin hands it on; one that nobody has, anybody. */
const planAssign = (found: CardAndTask, by: Person, { to, note }: AssignRequest, now: number): Plan<ClaimReply> => {
  const { card } = found
  const { standing } = card
  if (standing.status !== 'PENDING') return reply(found, 'alreadyDecided')
  const { claim, assignment, note: _, ...rest } = standing
  const isTheirs = assignment?.by === by.sub && (claim === undefined || claim.by === by.sub || claim.until <= now)
  const holder = isTheirs ? null : heldBy(standing, by.sub, now)
  if (holder !== null && !isAdmin(by)) return reply(found, 'claimed')
  const next: Pending = {
    ...rest,
    ...(to === undefined ? {} : { assignment: { to, by: by.sub } }),
    ...(note === undefined ? {} : { note }),
  }
  return change(card, next, {
    kind: 'assigned',
    at: now,
    by: by.sub,
    to: to ?? null,
    ...(note === undefined ? {} : { note }),
    ...(holder === null ? {} : { from: holder }),
  })
}

type Kind = Exclude<ClaimReply['kind'], 'forbidden' | NotChanged['kind']>

const reply = (found: CardAndTask, kind: Kind): Plan<ClaimReply> => ({ kind: 'reply', reply: { ...found, kind } })

const change = (card: Card, standing: Pending, audit: Parameters<typeof changedWrites>[2] | null): Plan<ClaimReply> => {
  const next = { ...card, version: card.version + 1, standing }
  const transaction = { guards: unresolved(card), writes: changedWrites(card, next, audit) }
  return { kind: 'commit', transaction, card: next, reply: (changed) => ({ ...changed, kind: 'done' }) }
}
