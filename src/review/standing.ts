/**
 * Where a card stands: what people do to one that waits, and the one end that it comes to.
 *
 * An approval is of what the card would release at that moment: the output as it was held, or somebody's edit. Another
 * edit begins the count anew, so nobody has approved what they didn't see.
 */
import type { Fields, Patch } from '../ledger/port.js'
import type { CardStatus } from '../protocol/records.js'
import type { Verdict } from '../tasks/verdict.js'

/** What the gate would have held an edit for. */
export type EditHeld = Pick<Extract<Verdict, { kind: 'hold' }>, 'reason' | 'severity' | 'details' | 'findings'>

/** What an operator put in the place of what was held; `held`: the gate found something in it. */
export type Edit = { readonly value: Uint8Array; readonly hash: string; readonly held?: EditHeld }

/** One person's approval; `wrote`: the edit that it is of was theirs. */
export type Given = { readonly by: string; readonly at: number; readonly wrote?: boolean }

/** An operator is at work on it until then. */
export type Claim = { readonly by: string; readonly until: number }

/** `to` alone may claim and decide it; `to`, `by` or an admin may hand it on. */
export type Assignment = { readonly to: string; readonly by: string }

type Shared = {
  readonly approvals?: readonly Given[]
  /** Of whoever handed it over last. */
  readonly note?: string
}

export type Pending = Shared & {
  readonly status: 'PENDING'
  readonly claim?: Claim
  readonly assignment?: Assignment
  /** What the approvals so far are of; missing: the output as it was held. */
  readonly edit?: Edit
  /** The version from which on all that a decision rests on is as it is; missing: the first. */
  readonly basis?: number
  readonly remindedAt?: number
  readonly escalatedAt?: number
}

export type Standing =
  | Pending
  | (Shared & {
      readonly status: 'APPROVED'
      /** Whose approval was the last that it took. */
      readonly operator: string
      readonly resolvedAt: number
      readonly reason?: string
      readonly edit?: Edit
    })
  | (Shared & {
      readonly status: 'REJECTED'
      readonly operator: string
      readonly resolvedAt: number
      readonly reason: string
      readonly reasonCode?: string
    })
  | (Shared & { readonly status: 'EXPIRED'; readonly resolvedAt: number })
  | (Shared & { readonly status: 'WITHDRAWN'; readonly resolvedAt: number })

export type Resolution = Exclude<Standing, { status: 'PENDING' }>

/** What may follow: a decision is taken once, and stands. */
export const follows: Readonly<Record<CardStatus, readonly CardStatus[]>> = {
  PENDING: ['APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'],
  APPROVED: [],
  REJECTED: [],
  EXPIRED: [],
  WITHDRAWN: [],
}

/** Whose approvals it has. A record from before there could be several names one. */
export const approvalsOf = (standing: Standing): readonly Given[] => {
  if (standing.approvals !== undefined || standing.status !== 'APPROVED') return standing.approvals ?? []
  const { operator: by, resolvedAt: at, edit } = standing
  return [{ by, at, ...(edit === undefined ? {} : { wrote: true }) }]
}

/** Who else has the card to themselves at that time; null: nobody. */
export const heldBy = ({ claim, assignment }: Pending, sub: string, now: number): string | null => {
  if (claim !== undefined && claim.by !== sub && claim.until > now) return claim.by
  if (assignment !== undefined && assignment.to !== sub) return assignment.to
  return null
}

/** The fields of a record that say so; what isn't so has no field. */
export const standingFields = (standing: Standing): Fields => ({ status: standing.status, ...ownFields(standing) })

/** The fields that change while the card waits: those that are gone are null. */
export const pendingPatch = (standing: Pending): Patch => ({ ...gone, ...ownFields(standing) })

const gone: Patch = {
  claimedBy: null,
  claimedUntil: null,
  assignedTo: null,
  assignedBy: null,
  note: null,
  approvals: null,
  edited: null,
  editedHash: null,
  editedHeld: null,
}

const ownFields = (standing: Standing): Fields => {
  const { approvals, note } = standing
  const shared = {
    ...(approvals === undefined || approvals.length === 0 ? {} : { approvals: JSON.stringify(approvals) }),
    ...(note === undefined ? {} : { note }),
  }
  switch (standing.status) {
    case 'PENDING': {
      const { claim, assignment, edit, basis, remindedAt, escalatedAt } = standing
      return {
        ...shared,
        ...(claim === undefined ? {} : { claimedBy: claim.by, claimedUntil: claim.until }),
        ...(assignment === undefined ? {} : { assignedTo: assignment.to, assignedBy: assignment.by }),
        ...editFields(edit),
        ...(basis === undefined ? {} : { basis }),
        ...(remindedAt === undefined ? {} : { remindedAt }),
        ...(escalatedAt === undefined ? {} : { escalatedAt }),
      }
    }
    case 'APPROVED': {
      const { operator, resolvedAt, edit, reason } = standing
      const why = reason === undefined ? {} : { decisionReason: reason }
      return { ...shared, operator, resolvedAt, ...editFields(edit), ...why }
    }
    case 'REJECTED': {
      const { operator, resolvedAt, reason, reasonCode } = standing
      const code = reasonCode === undefined ? {} : { reasonCode }
      return { ...shared, operator, resolvedAt, decisionReason: reason, ...code }
    }
    case 'EXPIRED':
    case 'WITHDRAWN':
      return { ...shared, resolvedAt: standing.resolvedAt }
  }
}

const editFields = (edit: Edit | undefined): Fields =>
  edit === undefined
    ? {}
    : {
        edited: edit.value,
        editedHash: edit.hash,
        ...(edit.held === undefined ? {} : { editedHeld: JSON.stringify(edit.held) }),
      }

/** Throws where the record is none, naming the field. */
export const standingOf = (fields: Fields): Standing => {
  const status = textIn(fields, 'status') as CardStatus
  const { note, decisionReason, reasonCode } = fields
  const shared: Shared = {
    ...(typeof fields.approvals === 'string' ? { approvals: JSON.parse(fields.approvals) as readonly Given[] } : {}),
    ...(typeof note === 'string' ? { note } : {}),
  }
  const edit = editOf(fields)
  const withEdit = edit === undefined ? {} : { edit }
  switch (status) {
    case 'PENDING':
      return { status, ...shared, ...withEdit, ...pendingOf(fields) }
    case 'APPROVED':
      return {
        status,
        ...shared,
        operator: textIn(fields, 'operator'),
        resolvedAt: numberIn(fields, 'resolvedAt'),
        ...(typeof decisionReason === 'string' ? { reason: decisionReason } : {}),
        ...withEdit,
      }
    case 'REJECTED':
      return {
        status,
        ...shared,
        operator: textIn(fields, 'operator'),
        resolvedAt: numberIn(fields, 'resolvedAt'),
        reason: textIn(fields, 'decisionReason'),
        ...(typeof reasonCode === 'string' ? { reasonCode } : {}),
      }
    case 'EXPIRED':
    case 'WITHDRAWN':
      return { status, ...shared, resolvedAt: numberIn(fields, 'resolvedAt') }
  }
}

const pendingOf = (fields: Fields): Omit<Pending, 'status' | 'edit' | keyof Shared> => {
  const { claimedBy, claimedUntil, assignedTo, assignedBy, basis, remindedAt, escalatedAt } = fields
  const isClaimed = typeof claimedBy === 'string' && typeof claimedUntil === 'number'
  const isAssigned = typeof assignedTo === 'string' && typeof assignedBy === 'string'
  return {
    ...(isClaimed ? { claim: { by: claimedBy, until: claimedUntil } } : {}),
    ...(isAssigned ? { assignment: { to: assignedTo, by: assignedBy } } : {}),
    ...(typeof basis === 'number' ? { basis } : {}),
    ...(typeof remindedAt === 'number' ? { remindedAt } : {}),
    ...(typeof escalatedAt === 'number' ? { escalatedAt } : {}),
  }
}

const editOf = ({ edited, editedHash, editedHeld }: Fields): Edit | undefined => {
  if (!(edited instanceof Uint8Array) || typeof editedHash !== 'string') return undefined
  const held = typeof editedHeld === 'string' ? { held: JSON.parse(editedHeld) as EditHeld } : {}
  return { value: edited, hash: editedHash, ...held }
}

export const textIn = (fields: Fields, name: string): string => {
  const value = fields[name]
  if (typeof value !== 'string') throw new Error(`card record: ${name} is no text`)
  return value
}

export const numberIn = (fields: Fields, name: string): number => {
  const value = fields[name]
  if (typeof value !== 'number') throw new Error(`card record: ${name} is no number`)
  return value
}
