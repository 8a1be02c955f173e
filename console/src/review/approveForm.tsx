/** Of high severity: nobody approves it without saying why. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { desk } from '../room.js'
import { DecisionForm } from './decisionForm.js'
import { ReasonFields, reasonIn } from './reasonFields.js'

export function ApproveForm({ card }: { readonly card: ReviewCard }) {
  const what = `approve ${card.reviewId}`
  const { reason } = reasonIn(what)
  return (
    <DecisionForm
      title="Approve"
      submit="Approve"
      tone="approve"
      isOff={desk.blocked.value !== undefined || reason === undefined}
      onSubmit={() => void desk.decide({ status: 'APPROVED', ...reasonIn(what) })}
    >
      <ReasonFields
        what={what}
        id="approve"
        isNeeded
        label={
          card.kind === 'action'
            ? 'Severity is high: why is it right to let it act?'
            : 'Severity is high: why is it right to release this?'
        }
      />
    </DecisionForm>
  )
}
