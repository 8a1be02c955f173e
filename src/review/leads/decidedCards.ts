/**
 * Cards that came to their end within a window of time, latest first and no more than so many: what figures about the
 * review are made of. Of each only what is counted is kept, since a card comes with its output.
 */
import type { Member } from '../../ledger/port.js'
import { Raw } from '../../protocol/raw.js'
import { cardKey, cardSet } from '../../tasks/keys.js'
import { type Procedure, range, read } from '../../tasks/procedure.js'
import type { Reason, Severity } from '../../tasks/verdict.js'
import { type Card, cardOf } from '../card.js'

export type DecidedCard = {
  readonly status: 'APPROVED' | 'REJECTED' | 'EXPIRED'
  readonly kind: Card['kind']
  readonly severity: Severity
  readonly reason: Reason
  readonly queue: string
  /** Without its instance: a process that is started again gets another one. */
  readonly agent: string
  readonly confidence: number
  readonly createdAt: number
  readonly resolvedAt: number
  readonly firstLookAt?: number
  readonly edited: boolean
  /** Who decided; missing: time did. */
  readonly operator?: string
  /** All who said something about it, each once. */
  readonly people: readonly string[]
  /** From when whoever decided had the card to themselves until they decided. */
  readonly dwellMs?: number
  /** Letters that there were to be read. */
  readonly chars: number
}

export type DecidedCards = {
  readonly cards: readonly DecidedCard[]
  /** There were more within the window than were looked at. */
  readonly isBounded: boolean
}

export type Window = { readonly since: number; readonly most: number }

const statuses = ['APPROVED', 'REJECTED', 'EXPIRED'] as const
const membersAtOnce = 1_000
const cardsAtOnce = 16

export function* readDecided(shards: number, tenant: string, window: Window): Procedure<DecidedCards> {
  const found: { readonly shard: number; readonly member: Member }[] = []
  for (let shard = 0; shard < shards; shard++) {
    for (const status of statuses) {
      for (const member of yield* latest(shard, cardSet(tenant, status), window)) found.push({ shard, member })
    }
  }
  found.sort((a, b) => b.member.score - a.member.score)
  const chosen = found.slice(0, window.most)
  const cards: DecidedCard[] = []
  for (let shard = 0; shard < shards; shard++) {
    const keys = chosen.filter((one) => one.shard === shard).map(({ member }) => cardKey(member.member))
    for (let at = 0; at < keys.length; at += cardsAtOnce) {
      for (const fields of yield* read(shard, keys.slice(at, at + cardsAtOnce))) {
        const { takenAt, takenBy } = fields ?? {}
        const card = fields === null ? null : decidedOf(cardOf(fields), { takenAt, takenBy })
        if (card !== null) cards.push(card)
      }
    }
  }
  return { cards, isBounded: found.length > chosen.length }
}

/** One more than are wanted, so that it shows whether there are more. */
function* latest(shard: number, set: string, { since, most }: Window): Procedure<readonly Member[]> {
  const members: Member[] = []
  let after: string | undefined
  do {
    const limit = Math.min(membersAtOnce, most + 1 - members.length)
    const page = yield* range({ shard, set, limit, descending: true, ...(after === undefined ? {} : { after }) })
    for (const member of page.members) {
      if (member.score < since) return members
      members.push(member)
    }
    after = page.cursor
  } while (after !== undefined && members.length <= most)
  return members
}

type Taken = { readonly takenAt: unknown; readonly takenBy: unknown }

/** Null: it was changed between the looks at its set and at itself. */
const decidedOf = (card: Card, { takenAt, takenBy }: Taken): DecidedCard | null => {
  const { standing } = card
  if (standing.status === 'PENDING' || standing.status === 'WITHDRAWN') return null
  const operator = standing.status === 'EXPIRED' ? undefined : standing.operator
  const approvers = (standing.approvals ?? []).map(({ by }) => by)
  const hadIt = operator !== undefined && takenBy === operator && typeof takenAt === 'number'
  return {
    status: standing.status,
    kind: card.kind,
    severity: card.severity,
    reason: card.reason,
    queue: card.queue,
    agent: card.agent.split('/')[0] ?? card.agent,
    confidence: card.confidence,
    createdAt: card.createdAt,
    resolvedAt: standing.resolvedAt,
    ...(card.firstLookAt === undefined ? {} : { firstLookAt: card.firstLookAt }),
    edited: standing.status === 'APPROVED' && standing.edit !== undefined,
    ...(operator === undefined ? {} : { operator }),
    people: [...new Set([...approvers, ...(operator === undefined ? [] : [operator])])],
    ...(hadIt ? { dwellMs: Math.max(0, standing.resolvedAt - takenAt) } : {}),
    chars: charsIn(new Raw(card.output).value()),
  }
}

/** Letters of all texts in a value, keys left out. Keeps a stack of its own: values nest deep. */
const charsIn = (root: unknown): number => {
  let chars = 0
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') chars += value.length
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      for (const part of Object.values(value)) open.push(part)
    }
  }
  return chars
}
