/**
 * The live review in a terminal, as a pure step and the lines it shows: cards that wait, the chosen one in full, a key
 * for each decision. It decides by the version that is on the screen, so nobody releases what they have not seen.
 */
import type { CardChange, Decision, LinkState, ReviewCard } from '../client/index.js'
import { columns, roughly } from './columns.js'
import type { Key } from './keyboard.js'
import { cardLines, gist } from './reviewCardText.js'

type Mode =
  | { readonly kind: 'browsing' }
  /** Why the card is rejected, as far as it is written. */
  | { readonly kind: 'rejecting'; readonly review: string; readonly version: number; readonly reason: string }

export type ReviewScreen = {
  /** In the node's order. */
  readonly cards: readonly ReviewCard[]
  readonly chosen: number
  readonly decided: number
  readonly mode: Mode
  readonly notice: string
  readonly link: LinkState['kind']
  /** Lines of the chosen card that are scrolled away. */
  readonly scrolled: number
}

export type ReviewEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'change'; readonly change: CardChange }
  | { readonly kind: 'link'; readonly state: LinkState }
  /** Ours or somebody else's. */
  | { readonly kind: 'decided'; readonly card: ReviewCard }
  | { readonly kind: 'failed'; readonly message: string; readonly card?: ReviewCard }

export type ReviewEffect =
  | { readonly kind: 'decide'; readonly review: string; readonly decision: Decision }
  | { readonly kind: 'quit' }

/** Of the terminal, in characters. */
export type Size = { readonly rows: number; readonly width: number }

export type ReviewStep = readonly [ReviewScreen, ...ReviewEffect[]]

export const emptyReviewScreen: ReviewScreen = {
  cards: [],
  chosen: 0,
  decided: 0,
  mode: { kind: 'browsing' },
  notice: '',
  link: 'connecting',
  scrolled: 0,
}

export function stepReview(screen: ReviewScreen, event: ReviewEvent): ReviewStep {
  switch (event.kind) {
    case 'key':
      return screen.mode.kind === 'rejecting' ? stepReason(screen, screen.mode, event.key) : stepKey(screen, event.key)
    case 'change':
      return [changed(screen, event.change)]
    case 'link':
      return [
        {
          ...screen,
          link: event.state.kind,
          notice: event.state.kind === 'waiting' ? event.state.because.message : screen.notice,
        },
      ]
    case 'decided':
      return [
        {
          ...withCard(screen, event.card),
          decided: screen.decided + 1,
          notice: `${event.card.reviewId} ${event.card.status}`,
        },
      ]
    case 'failed':
      return [{ ...(event.card === undefined ? screen : withCard(screen, event.card)), notice: event.message }]
  }
}

function stepKey(screen: ReviewScreen, key: Key): ReviewStep {
  const card = screen.cards[screen.chosen]
  if (key === 'q' || key === 'interrupt') return [screen, { kind: 'quit' }]
  if (key === 'j' || key === 'down') return [choose(screen, screen.chosen + 1)]
  if (key === 'k' || key === 'up') return [choose(screen, screen.chosen - 1)]
  if (key === ' ') return [{ ...screen, scrolled: screen.scrolled + 10 }]
  if (key === 'b') return [{ ...screen, scrolled: Math.max(0, screen.scrolled - 10) }]
  if (card === undefined) return [screen]
  const { reviewId: review, version } = card
  if (key === 'a')
    return [
      { ...screen, notice: `approving ${review}` },
      { kind: 'decide', review, decision: { status: 'APPROVED', version } },
    ]
  if (key === 'r') return [{ ...screen, mode: { kind: 'rejecting', review, version, reason: '' }, notice: '' }]
  return [screen]
}

function stepReason(screen: ReviewScreen, mode: Extract<Mode, { kind: 'rejecting' }>, key: Key): ReviewStep {
  const { review, version, reason } = mode
  const browsing: ReviewScreen = { ...screen, mode: { kind: 'browsing' } }
  if (key === 'escape' || key === 'interrupt') return [{ ...browsing, notice: 'not rejected' }]
  if (key === 'backspace') return [{ ...screen, mode: { ...mode, reason: [...reason].slice(0, -1).join('') } }]
  if (key !== 'enter') return [key.length > 2 ? screen : { ...screen, mode: { ...mode, reason: reason + key } }]
  if (reason.trim() === '') return [{ ...screen, notice: 'a reason is needed; Esc goes back' }]
  const decision = { status: 'REJECTED', version, reason: reason.trim() } as const
  return [
    { ...browsing, notice: `rejecting ${review}` },
    { kind: 'decide', review, decision },
  ]
}

function choose(screen: ReviewScreen, wanted: number): ReviewScreen {
  const chosen = Math.max(0, Math.min(wanted, screen.cards.length - 1))
  return chosen === screen.chosen ? screen : { ...screen, chosen, scrolled: 0 }
}

function changed(screen: ReviewScreen, change: CardChange): ReviewScreen {
  return change.kind === 'card' ? withCard(screen, change.card) : withCards(screen, change.cards)
}

/** A card in its place; gone, where it doesn't wait any more; at the end, where it is new. An older version changes nothing. */
function withCard(screen: ReviewScreen, card: ReviewCard): ReviewScreen {
  const { cards } = screen
  const known = cards.find(({ reviewId }) => reviewId === card.reviewId)
  if (known !== undefined && known.version > card.version) return screen
  if (card.status !== 'PENDING')
    return withCards(
      screen,
      cards.filter((each) => each !== known),
    )
  return withCards(screen, known === undefined ? [...cards, card] : cards.map((each) => (each === known ? card : each)))
}

/** The chosen card stays chosen; where it went, the next takes its place. */
function withCards(screen: ReviewScreen, cards: readonly ReviewCard[]): ReviewScreen {
  const review = screen.cards[screen.chosen]?.reviewId
  const at = cards.findIndex(({ reviewId }) => reviewId === review)
  if (at >= 0) return { ...screen, cards, chosen: at }
  return { ...screen, cards, chosen: Math.max(0, Math.min(screen.chosen, cards.length - 1)), scrolled: 0 }
}

/** As many lines as the terminal has; those of the list are cut at its width by whoever draws them. */
export function reviewLines(screen: ReviewScreen, { rows, width }: Size, now: number): readonly string[] {
  const { cards, chosen, decided, link, notice, mode, scrolled } = screen
  const listRows = Math.max(1, Math.min(cards.length, Math.floor((rows - 4) / 3)))
  const top = Math.max(0, Math.min(chosen - Math.floor(listRows / 2), cards.length - listRows))
  const list = columns(
    cards
      .slice(top, top + listRows)
      .map((card, at) => [
        top + at === chosen ? '>' : ' ',
        card.severity,
        card.reason,
        `${card.queue}/${card.step}`,
        card.confidence.toFixed(2),
        roughly(now - card.createdAt),
        gist(card),
      ]),
  )
  const card = cards[chosen]
  const detailRows = Math.max(0, rows - 4 - listRows)
  const detail = card === undefined ? [] : cardLines(card, width).slice(scrolled, scrolled + detailRows)
  const state = link === 'open' ? '' : ` (${link})`
  const prompt =
    mode.kind === 'rejecting'
      ? `reject ${mode.review} because: ${mode.reason}_   Enter rejects, Esc goes back`
      : 'j/k move   a approve   r reject   space/b scroll   q quit'
  return [
    `${cards.length} wait, ${decided} decided here${state}${notice === '' ? '' : `   ${notice}`}`,
    ...(cards.length === 0 ? ['  Nothing waits.'] : list),
    '',
    ...detail,
    ...Array.from({ length: Math.max(0, detailRows - detail.length) }, () => ''),
    prompt,
  ]
}
