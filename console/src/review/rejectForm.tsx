/** A rejection ends the task, or tells an agent not to act: the code and the text reach whoever tries again. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { desk } from '../room.js'
import { DecisionForm } from './decisionForm.js'
import { codeIn, ReasonFields, reasonIn } from './reasonFields.js'

export function RejectForm({ card }: { readonly card: ReviewCard }) {
  const what = `reject ${card.reviewId}`
  const { reason } = reasonIn(what)
  return (
    <DecisionForm
      title="Reject"
      submit="Reject"
      tone="reject"
      isOff={desk.blocked.value !== undefined || reason === undefined}
      onSubmit={() => {
        if (reason !== undefined) void desk.decide({ status: 'REJECTED', reason, reasonCode: codeIn(what) })
      }}
    >
      <ReasonFields
        what={what}
        id="reject"
        isNeeded
        hasCode
        label={
          card.kind === 'action'
            ? 'Why not? The agent reads this, and goes on without it.'
            : 'What is wrong? Its producer and the next attempt read this.'
        }
      />
    </DecisionForm>
  )
}
