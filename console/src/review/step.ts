/** Where the reader stands with the open card, and in words why nothing can be decided. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { inSight } from '../output/unseen.js'
import { releaseOf } from './drafts.js'

export type Step =
  | { readonly kind: 'empty' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'ready' }
  /** What it says is another thing now than what was read. */
  | { readonly kind: 'behind'; readonly why: string }
  | { readonly kind: 'sending'; readonly what: string }
  | { readonly kind: 'failed'; readonly why: string }

export function whyBlocked(
  step: Step,
  card: ReviewCard | undefined,
  holder: string | undefined,
  me: string | undefined,
): string | undefined {
  if (step.kind === 'sending') return `${step.what} …`
  if (step.kind === 'behind') return step.why
  if (card === undefined || step.kind !== 'ready') return 'The card is being read.'
  if (card.status !== 'PENDING') return `The card is ${card.status.toLowerCase()}.`
  return holder === undefined || holder === me ? undefined : `${inSight(holder)} has this card.`
}

export const endedWords = ({ status, operatorId }: ReviewCard): string =>
  `Decided elsewhere: ${status.toLowerCase()}${operatorId === undefined ? '' : ` by ${inSight(operatorId)}`}.`

export const takenWords = ({ claimedBy, assignedTo }: ReviewCard): string =>
  `${inSight(claimedBy ?? assignedTo ?? 'Another operator')} has this card.`

/** What approving would release is what was read. */
export const isSameReading = (a: ReviewCard, b: ReviewCard): boolean =>
  a.outputHash === b.outputHash && (b.status !== 'PENDING' || releaseOf(a) === releaseOf(b))
