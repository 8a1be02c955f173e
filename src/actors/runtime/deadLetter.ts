/**
 * What becomes of messages that reach no step: none is dropped silently, each is shown to the system's `onDeadLetter`.
 *
 * A dead letter names the message's kind and never carries its content, so that it may be logged.
 */
import type { Address } from './actor.js'

export type DeadLetterReason =
  /** Nobody has that address. */
  | 'noActor'
  /** The lane is at its bound. */
  | 'full'
  /** The actor ended before it got there; or had ended when it asked. */
  | 'stopped'
  /** The step that got it, or one of its effects, threw. */
  | 'failed'
  /** The actor has no row for this kind. */
  | 'noRow'
  /** An answer to nobody: the deadline has passed, the asker is gone, or it was answered before. */
  | 'late'
  /** A spawn at an address that somebody has, or in a system that has stopped. */
  | 'taken'

export interface DeadLetter {
  readonly to: Address
  /** Name of the definition of who was to get it, where known. */
  readonly actor?: string
  readonly messageKind: string
  readonly reason: DeadLetterReason
}
