/**
 * What was rejected before the task was tried again. A replayed task names the one that it replays, whose record names
 * the card: three requests of the protocol, under the rights of any operator, so that nothing is shown that isn't kept.
 */
import { ChimeraError } from '../../../src/client/chimeraError.js'
import type { Ack } from '../../../src/protocol/nodeFrames.js'
import type { Rejection, ReviewCard, TaskRecord } from '../../../src/protocol/records.js'

export type EarlierAttempt =
  | { readonly kind: 'none' }
  /** It is kept no more. */
  | { readonly kind: 'gone'; readonly task: string }
  /** It ended otherwise than by a decision. */
  | { readonly kind: 'ended'; readonly task: TaskRecord }
  | { readonly kind: 'rejected'; readonly rejection: Rejection; readonly card: ReviewCard | undefined }

type Ask = (frame: { readonly type: string; readonly [field: string]: unknown }) => Promise<Ack>

export async function readEarlierAttempt(ask: Ask, task: string): Promise<EarlierAttempt> {
  const { replayOf } = (await ask({ type: 'getTask', task })).task as TaskRecord
  if (replayOf === undefined) return { kind: 'none' }
  const before = await unlessGone(ask({ type: 'getTask', task: replayOf }))
  if (before === undefined) return { kind: 'gone', task: replayOf }
  const record = before.task as TaskRecord
  if (record.rejection === undefined) return { kind: 'ended', task: record }
  const found = await unlessGone(ask({ type: 'get', review: record.rejection.reviewId }))
  return { kind: 'rejected', rejection: record.rejection, card: found?.card as ReviewCard | undefined }
}

async function unlessGone(answer: Promise<Ack>): Promise<Ack | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ChimeraError && error.code === 'NOT_FOUND') return undefined
    throw error
  }
}
