/** Below the list: how many cards are picked, the decision on all of them, and afterwards what became of each. */
import { bulk, form, select, station } from '../room.js'
import { Scrolled } from '../scrolled.js'
import { approve, reject } from './actions.js'
import { type BulkAnswer, cardsOf } from './bulk.js'
import { BulkForm } from './bulkForm.js'
import { PickedCard } from './pickedCard.js'

export function BulkPane() {
  const step = bulk.step.value
  const count = bulk.picks.value.size
  const isOpen = form.value === 'approveMany' || form.value === 'rejectMany'
  return (
    <section class="bulk" aria-label="Several cards at once">
      <p class="bulk-count" role="status">
        {step.kind === 'sending' ? sendingWords(step.what) : count > 0 && `${cardsOf(count)} picked`}
      </p>
      {step.kind === 'picking' && count > 0 && (isOpen ? <BulkForm /> : <Buttons />)}
      {step.kind === 'answered' && <Answers answers={step.answers} />}
    </section>
  )
}

const sendingWords = (what: string): string =>
  station.isOpen.value ? `${what} …` : `${what}: the connection is lost. It is sent again until it is answered.`

function Buttons() {
  const isOff = !station.isOpen.value
  return (
    <div class="buttons">
      <button type="button" class="approve" aria-disabled={isOff} onClick={() => approve()}>
        Approve all <kbd>a</kbd>
      </button>
      <button type="button" class="reject" aria-disabled={isOff} onClick={() => reject()}>
        Reject all <kbd>r</kbd>
      </button>
      <button type="button" onClick={() => bulk.clear()}>
        Let go <kbd>Esc</kbd>
      </button>
    </div>
  )
}

/** What was refused first: that is what is left to do. */
function Answers({ answers }: { readonly answers: readonly BulkAnswer[] }) {
  const refused = answers.filter(({ why }) => why !== undefined)
  const decided = answers.filter(({ why }) => why === undefined)
  return (
    <>
      <h3>
        {decided.length} of {cardsOf(answers.length)} decided
      </h3>
      <Scrolled class="picks" label="What became of each">
        <ul>
          {[...refused, ...decided].map(({ row, why, status }) => (
            <li key={row.reviewId} class={why === undefined ? '' : 'refused'}>
              <PickedCard row={row} />
              <span class="answer">{why ?? answerWords[status ?? ''] ?? 'Decided.'}</span>
              {why !== undefined && (
                <button type="button" onClick={() => select(row.reviewId)}>
                  Look at it
                </button>
              )}
            </li>
          ))}
        </ul>
      </Scrolled>
      <button type="button" onClick={() => bulk.putAway()}>
        Put away <kbd>Esc</kbd>
      </button>
    </>
  )
}

const answerWords: Readonly<Record<string, string>> = {
  APPROVED: 'Approved.',
  REJECTED: 'Rejected.',
  PENDING: 'Your approval counts. Others have to approve it, too.',
}
