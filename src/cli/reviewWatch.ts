/** The live review: in a terminal a screen to decide on, elsewhere a line for each change. */
import { ChimeraError, Operator } from '../client/index.js'
import { systemClock } from '../clock.js'
import type { CardFilter } from '../protocol/operatorFrames.js'
import type { Access } from './access.js'
import { orUnreachable } from './connected.js'
import { drawScreen } from './drawing.js'
import { readKeys } from './keyboard.js'
import { cardRow } from './reviewCardText.js'
import { emptyReviewScreen, type ReviewEffect, type ReviewEvent, reviewLines, stepReview } from './reviewScreen.js'
import { listenForStop } from './stopping.js'
import { isInteractive, printAs } from './terminal.js'

export async function watchReviews(
  find: () => Promise<Access>,
  filter: Omit<CardFilter, 'status'>,
  isJson: boolean,
): Promise<void> {
  const operator = new Operator(await find())
  try {
    const pending: CardFilter = { ...filter, status: 'PENDING' }
    const isScreen = isInteractive() && !isJson
    await orUnreachable(operator, isScreen ? watchOnScreen(operator, pending) : watchByLine(operator, pending, isJson))
  } finally {
    operator.close()
  }
}

async function watchByLine(operator: Operator, filter: CardFilter, isJson: boolean): Promise<void> {
  const stopping = listenForStop()
  const clock = systemClock()
  await operator.subscribe(filter, (change) => {
    for (const card of change.kind === 'list' ? change.cards : [change.card])
      printAs(isJson, card, () => cardRow(card, clock.now()).join('  '))
  })
  await stopping.asked
}

async function watchOnScreen(operator: Operator, filter: CardFilter): Promise<void> {
  const stopping = listenForStop()
  const clock = systemClock()
  let screen = emptyReviewScreen
  // Nothing is drawn before the node has answered: an error would vanish with the screen.
  let isDrawn = false
  const early: ReviewEvent[] = []

  function redraw(): void {
    const { rows, columns } = process.stdout
    drawing.draw(reviewLines(screen, { rows, width: columns }, clock.now()))
  }

  function take(event: ReviewEvent): void {
    if (!isDrawn) {
      early.push(event)
      return
    }
    const [next, ...effects] = stepReview(screen, event)
    screen = next
    redraw()
    for (const effect of effects) carryOut(effect)
  }

  function carryOut(effect: ReviewEffect): void {
    if (effect.kind === 'quit') stopping.ask()
    else perform(operator, effect).then(take, (error: unknown) => take(failedBy(error)))
  }

  operator.onState((state) => take({ kind: 'link', state }))
  await operator.subscribe(filter, (change) => take({ kind: 'change', change }))
  const drawing = drawScreen()
  isDrawn = true
  for (const event of early.splice(0)) take(event)
  const stopReading = readKeys((key) => take({ kind: 'key', key }))
  process.stdout.on('resize', redraw)
  const ages = setInterval(redraw, 5_000)
  await stopping.asked
  isDrawn = false
  clearInterval(ages)
  process.stdout.off('resize', redraw)
  stopReading()
  drawing.end()
}

async function perform(operator: Operator, effect: Exclude<ReviewEffect, { kind: 'quit' }>): Promise<ReviewEvent> {
  const { review } = effect
  switch (effect.kind) {
    case 'decide': {
      const card = await operator.decide(review, effect.decision)
      if (card.status !== 'PENDING') return { kind: 'decided', card }
      const notice = `${review} approved by ${card.approvals.length} of ${card.approvalsRequired ?? 1}`
      return { kind: 'kept', card, notice }
    }
    case 'claim': {
      const { release } = effect
      const card = await operator.claim(review, { release })
      return { kind: 'kept', card, notice: release ? `${review} given back` : `${review} is yours for now` }
    }
    case 'assign': {
      const { to } = effect
      const card = await operator.assign(review, to === undefined ? {} : { to })
      return { kind: 'kept', card, notice: `${review} handed to ${to ?? 'all'}` }
    }
    case 'reveal':
      return { kind: 'revealed', review, ...(await operator.reveal(review)) }
  }
}

function failedBy(error: unknown): ReviewEvent {
  if (!(error instanceof ChimeraError)) throw error
  const message = `${error.code}: ${error.message}`
  return error.card === undefined ? { kind: 'failed', message } : { kind: 'failed', message, card: error.card }
}
