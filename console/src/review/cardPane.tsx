/** The open card: what was held and why, what it says, and what can be done about it. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { desk } from '../room.js'
import { Scrolled } from '../scrolled.js'
import { CardFacts } from './cardFacts.js'
import { CardHead } from './cardHead.js'
import { Findings } from './findings.js'
import { LastAttempt } from './lastAttempt.js'
import { OutputPane } from './outputPane.js'
import { QuestionPane } from './questionPane.js'
import { TaskPane } from './taskPane.js'
import { VerdictBar } from './verdictBar.js'

export function CardPane() {
  const card = desk.card.value
  const step = desk.step.value
  return (
    <section
      class="card-pane"
      data-ready={desk.blocked.value === undefined && desk.isSettled.value}
      aria-labelledby={card === undefined ? 'no-card' : 'card-title'}
    >
      {card === undefined ? (
        <div class="empty">
          <h2 id="no-card">No card is open</h2>
          <p class="quiet">
            {step.kind === 'failed' ? step.why : step.kind === 'reading' ? 'Reading …' : 'Choose one from the list.'}
          </p>
        </div>
      ) : (
        <OpenCard key={card.reviewId} card={card} />
      )}
    </section>
  )
}

function OpenCard({ card }: { readonly card: ReviewCard }) {
  return (
    <>
      <Scrolled class="card-body" label="The open card">
        <CardHead card={card} />
        {card.kind === 'action' && <QuestionPane card={card} />}
        <Findings card={card} />
        <OutputPane card={card} />
        <LastAttempt card={card} />
        <TaskPane card={card} />
        <CardFacts card={card} />
      </Scrolled>
      <VerdictBar card={card} />
    </>
  )
}
