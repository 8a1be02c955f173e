/**
 * G3, G4 and G5 of what an agent asks before it acts: only what passed or a person approved is allowed, whoever asks again
 * is told the same, and each decision that it is told is the card's own.
 */

import type { Fields } from '../../../src/ledger/port.js'
import { encodeFrame } from '../../../src/protocol/encoding.js'
import type { Raw } from '../../../src/protocol/raw.js'
import type { Frame } from '../../../src/protocol/reading.js'
import type { Finished } from '../checker.js'
import { markersIn } from '../words.js'
import { unsettledIn } from './nothingUnsafe.js'

export function* askedFirst(finished: Finished): Generator<string> {
  yield* answeredAlike(finished)
  yield* decidedBefore(finished)
}

/** What each key of a lease was answered, and whether that is right for what was asked by it. */
function* answeredAlike({ world }: Finished): Generator<string> {
  const unsettled = unsettledIn(world)
  const cards = cardsOf(world)
  const answers = new Map<string, string>()
  for (const { request, reply } of world.history.answered) {
    if (request.type !== 'propose' || reply.type !== 'ack') continue
    const name = `${String(request.lease)} ${String(request.key)}`
    const answer = `${String(reply.status)} ${String(reply.review ?? '')}`
    const before = answers.get(name)
    if (before !== undefined && before !== answer) yield `G5 ${name} was answered ${before}, and then ${answer}`
    answers.set(name, answer)
    for (const marker of markersOf(request)) {
      const isHeld = reply.status === 'NEEDS_REVIEW'
      const isRight = world.words.find(marker)?.isHeld === isHeld || (isHeld && unsettled.has(marker))
      if (!isRight) yield `G4 the action ${marker} was answered ${answer}`
      const card = isHeld ? cards.get(String(reply.review)) : undefined
      const held = card?.output instanceof Uint8Array ? markersIn(card.output) : []
      if (isHeld && !held.includes(marker)) yield `G5 the card of ${marker} is of another action: ${held.join()}`
    }
  }
}

/** A decision is told after it was taken, to whom it concerns, and says what stands on the card. */
function* decidedBefore({ world }: Finished): Generator<string> {
  const cards = cardsOf(world)
  const decided = new Map<string, number>()
  for (const { order, transaction } of world.history.done) {
    for (const write of transaction.writes) {
      if (write.kind !== 'put' || !write.record.startsWith('card/')) continue
      const { status } = write.fields
      if (typeof status === 'string' && status !== 'PENDING') decided.set(write.record.slice('card/'.length), order)
    }
  }
  for (const { order, to, frames } of world.history.told) {
    for (const frame of frames) {
      if (frame.type !== 'decision') continue
      const review = String(frame.review)
      const card = cards.get(review)
      const isRight =
        card?.status === frame.status && nameOf(card?.agent) === to.who.sub && card?.tenant === to.who.tenant
      if (!isRight)
        yield `G3 ${to.who.sub} was told ${String(frame.status)} of ${review}, which is ${String(card?.status)}`
      if ((decided.get(review) ?? order) >= order) yield `G5 ${review} was told before it was decided`
      const edit = card?.status === 'APPROVED' && card.edited instanceof Uint8Array ? markersIn(card.edited) : []
      const told = frame.action === undefined ? [] : markersOf({ action: frame.action })
      if (told.join() !== edit.join()) yield `G5 ${review} was told with ${told.join()} instead of ${edit.join()}`
    }
  }
}

const cardsOf = ({ books }: Finished['world']): ReadonlyMap<string, Fields> =>
  new Map(books.cards().map((card) => [String(card.id), card]))

/** Without its instance. */
const nameOf = (agent: unknown): string => String(agent).split('/')[0] ?? ''

const markersOf = ({ action }: Pick<Frame, string>): readonly string[] =>
  markersIn(encodeFrame({ type: 'propose', action: action as Raw } as { readonly type: string }))
