/** One decision, and one reason, for all that is picked: each card is named before it is sent. */
import { bulk, form, reasons, station } from '../room.js'
import { Scrolled } from '../scrolled.js'
import { closeForm } from './actions.js'
import { cardsOf } from './bulk.js'
import { DecisionForm } from './decisionForm.js'
import { PickedCard } from './pickedCard.js'
import { codeIn, ReasonFields, reasonIn } from './reasonFields.js'

export function BulkForm() {
  const isApproval = form.value === 'approveMany'
  const rows = [...bulk.picks.value.values()]
  const what = isApproval ? 'approve list' : 'reject list'
  const { reason } = reasonIn(what)
  const title = `${isApproval ? 'Approve' : 'Reject'} ${cardsOf(rows.length)}`
  const send = () => {
    const verdict = isApproval
      ? ({ status: 'APPROVED', ...reasonIn(what) } as const)
      : ({ status: 'REJECTED', ...reasonIn(what), reasonCode: codeIn(what) } as const)
    closeForm()
    void bulk.decide(verdict).then(() => {
      if (!bulk.isPicking) reasons.drop('list')
    })
  }
  return (
    <DecisionForm
      title={title}
      submit={title}
      tone={isApproval ? 'approve' : 'reject'}
      isOff={!station.isOpen.value || (!isApproval && reason === undefined)}
      onSubmit={send}
    >
      <Scrolled class="picks" label="The picked cards">
        <ul>
          {rows.map((row) => (
            <li key={row.reviewId}>
              <PickedCard row={row} />
            </li>
          ))}
        </ul>
      </Scrolled>
      <ReasonFields
        key={what}
        what={what}
        id="list"
        isNeeded={!isApproval}
        hasCode={!isApproval}
        label={isApproval ? 'Reason, for each of them; it may be left out' : 'What is wrong with each of them?'}
      />
    </DecisionForm>
  )
}
