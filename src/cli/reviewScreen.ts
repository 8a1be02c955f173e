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
  | { readonly kind: 'rejecting'; readonly review: string; readonly version: number; readonly text: string }
  /** Whom the card is handed to; nothing: all. */
  | { readonly kind: 'assigning'; readonly review: string; readonly text: string }

type Writing = Exclude<Mode, { kind: 'browsing' }>

/** What was masked in a card, shown while it is chosen. */
type Revealed = { readonly review: string; readonly output: unknown; readonly payload: unknown }

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
  readonly revealed: Revealed | null
}

export type ReviewEvent =
  | { readonly kind: 'key'; readonly key: Key }
  | { readonly kind: 'change'; readonly change: CardChange }
  | { readonly kind: 'link'; readonly state: LinkState }
  /** Ours or somebody else's. */
  | { readonly kind: 'decided'; readonly card: ReviewCard }
  /** It waits still. */
  | { readonly kind: 'kept'; readonly card: ReviewCard; readonly notice: string }
  | ({ readonly kind: 'revealed' } & Revealed)
  | { readonly kind: 'failed'; readonly message: string; readonly card?: ReviewCard }

export type ReviewEffect =
  | { readonly kind: 'decide'; readonly review: string; readonly decision: Decision }
  | { readonly kind: 'claim'; readonly review: string; readonly release: boolean }
  | { readonly kind: 'assign'; readonly review: string; readonly to?: string }
  | { readonly kind: 'reveal'; readonly review: string }
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
  revealed: null,
}

export function stepReview(screen: ReviewScreen, event: ReviewEvent): ReviewStep {
  switch (event.kind) {
    case 'key':
      return screen.mode.kind === 'browsing' ? stepKey(screen, event.key) : stepText(screen, screen.mode, event.key)
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
    case 'kept':
      return [{ ...withCard(screen, event.card), notice: event.notice }]
    case 'revealed': {
      const { kind: _, ...revealed } = event
      return [{ ...screen, revealed, notice: `${event.review} unmasked, on record` }]
    }
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
  if (key === 'r') return [{ ...screen, mode: { kind: 'rejecting', review, version, text: '' }, notice: '' }]
  if (key === 't') return [{ ...screen, mode: { kind: 'assigning', review, text: '' }, notice: '' }]
  if (key === 'c' || key === 'C') return [screen, { kind: 'claim', review, release: key === 'C' }]
  if (key === 'v') return [screen, { kind: 'reveal', review }]
  return [screen]
}

function stepText(screen: ReviewScreen, mode: Writing, key: Key): ReviewStep {
  const browsing: ReviewScreen = { ...screen, mode: { kind: 'browsing' } }
  const isRejecting = mode.kind === 'rejecting'
  if (key === 'escape' || key === 'interrupt')
    return [{ ...browsing, notice: isRejecting ? 'not rejected' : 'not handed over' }]
  if (key === 'backspace') return [{ ...screen, mode: { ...mode, text: [...mode.text].slice(0, -1).join('') } }]
  if (key !== 'enter') return [key.length > 2 ? screen : { ...screen, mode: { ...mode, text: mode.text + key } }]
  const { review } = mode
  const written = mode.text.trim()
  if (!isRejecting) return [browsing, { kind: 'assign', review, ...(written === '' ? {} : { to: written }) }]
  if (written === '') return [{ ...screen, notice: 'a reason is needed; Esc goes back' }]
  const decision = { status: 'REJECTED', version: mode.version, reason: written } as const
  return [
    { ...browsing, notice: `rejecting ${review}` },
    { kind: 'decide', review, decision },
  ]
}

function choose(screen: ReviewScreen, wanted: number): ReviewScreen {
  const chosen = Math.max(0, Math.min(wanted, screen.cards.length - 1))
  return chosen === screen.chosen ? screen : { ...screen, chosen, scrolled: 0, revealed: null }
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

/** The chosen card, unmasked where that was asked for. */
function shownOf({ cards, chosen, revealed }: ReviewScreen): ReviewCard | undefined {
  const card = cards[chosen]
  if (card === undefined || revealed?.review !== card.reviewId) return card
  const { output, payload } = revealed
  return { ...card, output, payload }
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
  const card = shownOf(screen)
  const detailRows = Math.max(0, rows - 4 - listRows)
  const detail = card === undefined ? [] : cardLines(card, width).slice(scrolled, scrolled + detailRows)
  const state = link === 'open' ? '' : ` (${link})`
  const prompt =
    mode.kind === 'rejecting'
      ? `reject ${mode.review} because: ${mode.text}_   Enter rejects, Esc goes back`
      : mode.kind === 'assigning'
        ? `hand ${mode.review} to: ${mode.text}_   Enter hands it over (to nobody: to all), Esc goes back`
        : 'j/k move  a approve  r reject  c/C claim/give back  t hand to  v unmask  space/b scroll  q quit'
  return [
    `${cards.length} wait, ${decided} decided here${state}${notice === '' ? '' : `   ${notice}`}`,
    ...(cards.length === 0 ? ['  Nothing waits.'] : list),
    '',
    ...detail,
    ...Array.from({ length: Math.max(0, detailRows - detail.length) }, () => ''),
    prompt,
  ]
}
