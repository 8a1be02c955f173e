/**
 * The ledger's port: the one door through which everything passes that must survive.
 *
 * A ledger knows nothing of tasks. It commits small transactions, all or nothing, many in one call, and refuses those
 * whose guards fail, naming the guard. Keys, field names and member names are the domain's; the ledger keeps them as
 * they come. Everything belongs to one shard; shards share nothing.
 *
 * What it keeps, per shard:
 * - records: a key with named fields;
 * - lanes: first in, first out; an entry names the record that waits, and is *waiting* or *pending* for one holder;
 * - logs: append-only, read from a position on;
 * - sets: members ordered by (score, member);
 * - holders: who may commit, with the last call of each and its answers.
 *
 * A name (of a record, field, lane, log, set, member) has 1 to 512 bytes of well-formed UTF-8; whatever is in order is
 * so by these bytes. No field is called `__proto__`. A text value with half a character is kept with U+FFFD in its
 * place. Bytes and records that are handed out are not to be changed.
 */

/** What a field of a record can be. Numbers are finite. */
export type Scalar = string | number | boolean | Uint8Array

/** Fields of a stored record. */
export type Fields = Readonly<Record<string, Scalar>>

/** Fields to write: null removes the field. */
export type Patch = Readonly<Record<string, Scalar | null>>

/** The writer of a call: a node and its incarnation, such as `n1.7f3k`. 1 to 128 characters. */
export type Holder = string

/** Position in a lane or log, made by the ledger: opaque, at most 40 characters; those of one log sort as strings. */
export type EntryId = string

export type Guard =
  /** The record doesn't exist. */
  | { readonly kind: 'absent'; readonly record: string }
  /** The field has this value; null: the record or field doesn't exist. */
  | { readonly kind: 'equals'; readonly record: string; readonly field: string; readonly value: Scalar | null }
  /** The field is a number below n, or doesn't exist. */
  | { readonly kind: 'below'; readonly record: string; readonly field: string; readonly n: number }
  /** The entry is pending for `holder` (the caller, where not given). */
  | { readonly kind: 'holds'; readonly lane: string; readonly entry: EntryId; readonly holder?: Holder }
  /** The entry is pending, whoever holds it. */
  | { readonly kind: 'pending'; readonly lane: string; readonly entry: EntryId }
  /** The shard's epoch is n. A shard starts with epoch 0. */
  | { readonly kind: 'epoch'; readonly n: number }
  /** The lane has at most n entries, waiting and pending together. */
  | { readonly kind: 'atMost'; readonly lane: string; readonly n: number }

export type Write =
  /** Sets these fields; the others stay. Makes the record where there is none. */
  | { readonly kind: 'put'; readonly record: string; readonly fields: Patch }
  /** Adds n to a number (missing: 0). */
  | { readonly kind: 'add'; readonly record: string; readonly field: string; readonly n: number }
  | { readonly kind: 'drop'; readonly record: string }
  /** A record, which must exist, waits in a lane. `idInto` names the field of that record which gets the entry's id. */
  | { readonly kind: 'enqueue'; readonly lane: string; readonly record: string; readonly idInto: string }
  | { readonly kind: 'append'; readonly log: string; readonly entry: Uint8Array }
  /** Ends a pending entry. */
  | { readonly kind: 'settle'; readonly lane: string; readonly entry: EntryId }
  /** Removes an entry, waiting or pending; nothing where it is gone. */
  | { readonly kind: 'withdraw'; readonly lane: string; readonly entry: EntryId }
  /** A pending entry changes its holder to the caller. */
  | { readonly kind: 'adopt'; readonly lane: string; readonly entry: EntryId }
  /** Puts a member into a set, or moves it to another score. */
  | { readonly kind: 'index'; readonly set: string; readonly member: string; readonly score: number }
  | { readonly kind: 'unindex'; readonly set: string; readonly member: string }
  /** Drops a log's entries up to and with this one. */
  | { readonly kind: 'trim'; readonly log: string; readonly upTo: EntryId }
  /** Sets the shard's epoch, which only grows: to the same or a lower one is invalid. */
  | { readonly kind: 'raise'; readonly epoch: number }
  /** From now on each commit and claim of this holder is refused whole; its pending entries stay. */
  | { readonly kind: 'bury'; readonly holder: Holder }
  /** Forgets a holder that has no pending entry (else invalid): its calls, answers and burial. */
  | { readonly kind: 'retire'; readonly holder: Holder }
  /** Tells all who listen, after the commit. The same hint twice in one call is told once. */
  | { readonly kind: 'hint'; readonly hint: string }

/** All or nothing. */
export type Transaction = { readonly guards: readonly Guard[]; readonly writes: readonly Write[] }

/**
 * What became of one transaction: done; refused by the first guard that failed; or invalid: it could never be
 * carried out (a number that is not finite, an `add` to a text, a settle of what isn't pending), and `why` says so.
 */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly guard: Guard }
  | { readonly kind: 'invalid'; readonly why: string }

export type CommitReply =
  | { readonly kind: 'answers'; readonly answers: readonly Answer[]; readonly now: number }
  /** This holder was declared dead. Nothing was done. */
  | { readonly kind: 'buried' }
  /** The seq is lower than the last one. Nothing was done. */
  | { readonly kind: 'oldSeq' }
  /** No room. Nothing was done, and the call took no seq. */
  | { readonly kind: 'full' }

export type ClaimRequest = {
  /** In this order; first each lane's share, then what is left over goes to them in order again. */
  readonly lanes: readonly { readonly lane: string; readonly share: number }[]
  /** Taker i's fields, written to the record that it gets. At most 1,024. */
  readonly takers: readonly Patch[]
  /** Bodies of all claimed records together; the first one always fits. */
  readonly maxBytes: number
  /** Written to each claimed record. */
  readonly writes: Patch
  /** The record's field that names the entry it waits with: an entry that its record doesn't name is dropped. */
  readonly entryField: string
  /** The record's field with the time after which it may not be claimed: such an entry is made pending, unwritten. */
  readonly overdueField: string
  /** A taker is passed over while another is left, where its field of this name equals the record's field `of`. */
  readonly avoid?: { readonly field: string; readonly of: string }
}

export type Claimed = {
  /** Index of the taker; -1: overdue. */
  readonly taker: number
  readonly lane: string
  readonly entry: EntryId
  readonly record: string
  /** The record as it stands after the claim. */
  readonly fields: Fields
}

export type ClaimReply =
  | {
      readonly kind: 'claimed'
      readonly claimed: readonly Claimed[]
      readonly overdue: readonly Claimed[]
      readonly now: number
    }
  | { readonly kind: 'buried' }
  | { readonly kind: 'oldSeq' }
  | { readonly kind: 'full' }

export type HeldEntry = { readonly lane: string; readonly entry: EntryId; readonly record: string }

export type HolderState = {
  readonly holder: Holder
  readonly buried: boolean
  readonly pending: number
  readonly seq: number
}

export type Member = { readonly member: string; readonly score: number }

/** A page of a set, ascending by (score, member). `cursor` goes into the next call; missing: that was the end. */
export type Page = { readonly members: readonly Member[]; readonly cursor?: string }

/** A page of a log. `size` is what the whole log holds. */
export type LogPage = {
  readonly entries: readonly { readonly id: EntryId; readonly entry: Uint8Array }[]
  readonly size: number
}

export type Durability = {
  readonly generation: string
  readonly durability: 'fsync' | 'second' | 'replicated' | 'memory'
  readonly windowMs: number
}

export interface Ledger {
  readonly shards: number
  /** Cluster-wide facts that clients are told. */
  readonly durability: Durability
  /** The signing secret and others of the cluster, made once: 32 bytes for each name. */
  secret(name: string): Promise<Uint8Array>
  /** The ledger's clock, ms since the epoch, never going back. */
  now(): number

  /**
   * Carries out each transaction in order. Settles once what is `done` is durable. The last seq of a holder gets its
   * answers again; a lower one `oldSeq`. Rejects (`LedgerFault`) where the outcome is unknown: call again, same seq.
   */
  commit(shard: number, holder: Holder, seq: number, transactions: readonly Transaction[]): Promise<CommitReply>
  /** Hands out waiting entries, one for each taker. Settles once it is as durable as a commit. */
  claim(shard: number, holder: Holder, claimSeq: number, request: ClaimRequest): Promise<ClaimReply>

  held(shard: number, holder: Holder): Promise<readonly HeldEntry[]>
  holders(shard: number): Promise<readonly HolderState[]>
  read(shard: number, records: readonly string[]): Promise<readonly (Fields | null)[]>
  /** Members of a set with a score of at most `upTo`, after `cursor`; `descending` reads from the other end. */
  range(
    shard: number,
    set: string,
    options: { readonly after?: string; readonly limit: number; readonly upTo?: number; readonly descending?: boolean },
  ): Promise<Page>
  log(shard: number, log: string, options: { readonly after?: EntryId; readonly limit: number }): Promise<LogPage>
  /** Names of lanes with waiting entries, ascending, that start with `prefix`. */
  ready(shard: number, prefix: string): Promise<readonly { readonly lane: string; readonly waiting: number }[]>

  /**
   * `listener` gets each hint after its commit. Where some were lost on their way it gets `missedHints`, once they come
   * again. Returns what ends it.
   *
   * `keeps` is asked for hints of this process's own commits: those that it keeps are told to no other process
   * (`isKept`), and it passes on what it can't see to itself. Where there are no others nobody is asked.
   */
  onHint(listener: HintListener, keeps?: (hint: string) => boolean): () => void
  /** Tells a hint to the other processes, without waiting for it: it may be lost on its way, as any. */
  passHint(shard: number, hint: string): void

  /** Flushes what is under way and lets go of everything. A second call is the same call. */
  close(): Promise<void>
}

export type HintListener = (shard: number, hint: string, isKept: boolean) => void

/** In place of hints that were lost: anything may have happened. */
export const missedHints = '*'

/** The ledger couldn't say what happened. The call may have taken effect or not. */
export class LedgerFault extends Error {
  override readonly name = 'LedgerFault'
}
