/** Of high severity: nobody approves it without saying why. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { desk } from '../room.js'
import { DecisionForm } from './decisionForm.js'

export function ApproveForm() {
  const [reason, setReason] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const isOff = desk.blocked.value !== undefined || reason.trim() === ''
  return (
    <DecisionForm
      title="Approve"
      submit="Approve"
      tone="approve"
      isOff={isOff}
      onSubmit={() => void desk.decide({ status: 'APPROVED', reason: reason.trim() })}
    >
      <label for="approve-reason">Severity is high: why is it right to release this?</label>
      <textarea
        id="approve-reason"
        ref={field}
        rows={2}
        value={reason}
        onInput={({ currentTarget }) => setReason(currentTarget.value)}
        required
      />
    </DecisionForm>
  )
}
