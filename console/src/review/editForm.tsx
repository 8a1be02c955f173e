/** Another output in the place of the agent's: JSON, checked as it is typed. The gate judges it again. */
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { ReviewCard } from '../../../src/protocol/records.js'
import { desk } from '../room.js'
import { closeForm } from './actions.js'
import { DecisionForm } from './decisionForm.js'
import { checkDraft, releaseOf } from './drafts.js'
import { ReasonFields, reasonIn } from './reasonFields.js'

export function EditForm({ card }: { readonly card: ReviewCard }) {
  const what = `edit ${card.reviewId}`
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus({ preventScroll: true }), [])
  const draft = desk.drafts.all.value.get(card.reviewId)
  if (draft === undefined) return null
  const checked = checkDraft(draft.text)
  const isOfAnother = draft.of !== releaseOf(card)
  const lacksReason = card.severity === 'high' && reasonIn(what).reason === undefined
  const isOff = desk.blocked.value !== undefined || checked.kind === 'wrong' || lacksReason || isOfAnother
  const approve = () => {
    if (checked.kind === 'good')
      void desk.decide({
        status: 'APPROVED',
        edited: checked.value,
        ...reasonIn(what),
      })
  }
  const discard = () => {
    closeForm()
    desk.drafts.drop(card.reviewId)
  }
  return (
    <DecisionForm
      title="Edit and approve"
      submit="Approve edited"
      tone="approve"
      isOff={isOff}
      onSubmit={approve}
      beside={<Discard onClick={discard} />}
    >
      <label for="edit-text">
        {card.kind === 'action'
          ? 'What it may do instead, as JSON. What is masked stays the mask.'
          : 'Edited output, as JSON. What is masked would be released as the mask.'}
      </label>
      <textarea
        id="edit-text"
        ref={field}
        class="code"
        rows={8}
        spellcheck={false}
        value={draft.text}
        aria-invalid={checked.kind === 'wrong'}
        aria-describedby="edit-check"
        onInput={({ currentTarget }) => desk.drafts.write(card.reviewId, { ...draft, text: currentTarget.value })}
      />
      <p id="edit-check" class={checked.kind === 'wrong' ? 'complaint' : 'quiet'}>
        {isOfAnother
          ? 'The output changed since you began: discard this draft and begin anew.'
          : checked.kind === 'wrong'
            ? checked.why
            : 'Good JSON. See what it changes under Changes.'}
      </p>
      {card.severity === 'high' && (
        <ReasonFields
          what={what}
          id="edit"
          isNeeded
          hasFocus={false}
          label={
            card.kind === 'action'
              ? 'Severity is high: why is it right to let it act so?'
              : 'Severity is high: why is it right to release this?'
          }
        />
      )}
    </DecisionForm>
  )
}

function Discard({ onClick }: { readonly onClick: () => void }) {
  return (
    <button type="button" class="discard" onClick={onClick}>
      Discard the draft
    </button>
  )
}
