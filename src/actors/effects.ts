/**
 * What the actors of a node ask of the world, beside the runtime's own effects: data that the node's shells carry out.
 *
 * The port between the actors and their rooms: `transport` carries out `send` and `close`, `safety` `judge`, the
 * procedure runner `run` and `answer`, the ledger `ledgerCommit` and `ledgerClaim`.
 */
import type { ClaimReply, ClaimRequest, CommitReply, Transaction } from '../ledger/port.js'
import type { Raw } from '../protocol/raw.js'
import type { Passed } from '../tasks/passed.js'
import type { Outcome, Procedure } from '../tasks/procedure.js'
import type { Edition, Said, Verdict } from '../tasks/verdict.js'
import type { Address, Message } from './runtime/actor.js'
import type { Ask, BuiltInEffect, From, Reply, Tell } from './runtime/effect.js'

/** Who is at the other end, as its token says. */
export type Identity = {
  readonly tenant: string
  readonly sub: string
  readonly roles: readonly string[]
}

/** A frame to the client at the other end of this session's connection. Nothing where the connection is gone. */
export type SendEffect = { readonly kind: 'send'; readonly frame: { readonly type: string } }

/** Ends this session's connection with a code of the catalogue, behind the frames sent before. */
export type CloseEffect = { readonly kind: 'close'; readonly code: number; readonly reason: string }

/** Comes back as `sent`, once nearly all that was sent before has left for the client. */
export type WhenSentEffect = { readonly kind: 'whenSent' }

/** What was said, as the bytes that came: what passes is bound to them. */
export type Spoken = Omit<Said, 'value'> & { readonly raw: Raw }

/** Comes back as `judged` with the same tag. */
export type JudgeEffect = {
  readonly kind: 'judge'
  readonly tag: number
  readonly spoken: Spoken
  /** The policy of this edition is no longer in force: by a later one. */
  readonly after?: Edition
  /** The policy changes all the time: whatever it says now, this is held. */
  readonly isHeld?: boolean
}

/** Comes back as `ran` with the same tag. */
export type RunEffect = { readonly kind: 'run'; readonly tag: number; readonly procedure: Procedure<unknown> }

/** Something worth counting; the names stand in telemetry. */
export type CountEffect = { readonly kind: 'count'; readonly what: string; readonly n: number }

/** A task left for an agent, so long after it began to wait. */
export type DispatchedEffect = { readonly kind: 'dispatched'; readonly waitedMs: number }

/** This incarnation of the node can't go on: another has taken its place, or has to. */
export type FailNodeEffect = { readonly kind: 'failNode'; readonly failure: NodeFailure }

/** `buried`: others took it for dead, and it may come back under a new name; `replaced`: its own name is another's. */
export type NodeFailure = { readonly kind: 'buried' | 'replaced' | 'fault'; readonly why: string }

/** A line in the log: ids, never payloads or outputs. */
export type NoteEffect = {
  readonly kind: 'note'
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
  readonly about?: Readonly<Record<string, string | number | boolean>>
}

/** One call on the ledger by a shard's door: comes back as `committed` or `faulted`. */
export type LedgerCommitEffect = {
  readonly kind: 'ledgerCommit'
  readonly shard: number
  readonly seq: number
  readonly transactions: readonly Transaction[]
}

/** One claim by a shard's door: comes back as `claimed` or `claimFaulted`. */
export type LedgerClaimEffect = {
  readonly kind: 'ledgerClaim'
  readonly shard: number
  readonly seq: number
  readonly request: ClaimRequest
}

/** Tells other nodes what this one was told alone, and can't see to. */
export type PassHintEffect = { readonly kind: 'passHint'; readonly shard: number; readonly hint: string }

/** Resumes procedures whose orders were answered. */
export type AnswerEffect = {
  readonly kind: 'answer'
  readonly tickets: readonly number[]
  readonly outcomes: readonly Outcome[]
}

/** A call to somebody outside. */
export type Outgoing = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What became of it. Who answered may have asked for a pause. */
export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly tookMs: number; readonly retryAfterMs?: number }
  | { readonly kind: 'failed'; readonly why: string; readonly tookMs: number }

/** Comes back as `posted` with the same tag. */
export type PostEffect = { readonly kind: 'post'; readonly tag: number; readonly outgoing: Outgoing }

export type PostedMessage = { readonly kind: 'posted'; readonly tag: number; readonly posted: Posted }

/** Those that the runtime doesn't carry out itself. */
export type NodeOwnEffect =
  | PostEffect
  | SendEffect
  | CloseEffect
  | WhenSentEffect
  | JudgeEffect
  | RunEffect
  | CountEffect
  | DispatchedEffect
  | NoteEffect
  | FailNodeEffect
  | LedgerCommitEffect
  | LedgerClaimEffect
  | PassHintEffect
  | AnswerEffect

export type NodeEffect = BuiltInEffect<NodeOwnEffect> | NodeOwnEffect

/** A checked frame arrived (`transport` has answered those that weren't). */
export type FrameMessage<Frame> = { readonly kind: 'frame'; readonly frame: Frame }

/** The connection is gone, whoever ended it. */
export type LostMessage = { readonly kind: 'lost' }

/** Nearly all that was sent has left. */
export type SentMessage = { readonly kind: 'sent' }

/** What the gate came to. */
export type Judgement = {
  readonly verdict: Verdict
  /** Of what is held, for the decision on it; else empty. */
  readonly hash: string
  /** Of what passed: releases it. */
  readonly passed: Passed | null
  /** Of the policy that it was judged by; undefined: no policy was known, or it is held whatever the policy says. */
  readonly edition: Edition | undefined
}

export type JudgedMessage = { readonly kind: 'judged'; readonly tag: number } & Judgement

/** What a procedure returned, or why it couldn't: the ledger is away, or it threw (a bug, already on the log). */
export type RanMessage =
  | { readonly kind: 'ran'; readonly tag: number; readonly result: unknown }
  | {
      readonly kind: 'ranNot'
      readonly tag: number
      readonly why: 'unavailable' | 'bug'
      readonly retryAfterMs: number
    }

export type CommittedMessage = { readonly kind: 'committed'; readonly seq: number; readonly reply: CommitReply }
export type FaultedMessage = { readonly kind: 'faulted'; readonly seq: number; readonly why: string }
export type ClaimedMessage = { readonly kind: 'claimed'; readonly seq: number; readonly reply: ClaimReply }
export type ClaimFaultedMessage = { readonly kind: 'claimFaulted'; readonly seq: number; readonly why: string }

export const tell = <M extends Message>(to: Address, message: M): Tell => ({ kind: 'tell', to, message })

export const reply = <M extends Message>(to: From, message: M): Reply => ({ kind: 'reply', to, message })

export const ask = <M extends Message>(to: Address, message: M, deadlineMs: number, tag: string | number): Ask => ({
  kind: 'ask',
  to,
  message,
  deadlineMs,
  tag,
})

export const send = <Frame extends { readonly type: string }>(frame: Frame): SendEffect => ({ kind: 'send', frame })
