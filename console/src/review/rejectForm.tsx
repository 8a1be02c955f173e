/** A rejection ends the task: the code and the text reach its producer and the agent's next attempt. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { desk } from '../room.js'
import { DecisionForm } from './decisionForm.js'
import { rejectionCodes } from './words.js'

export function RejectForm() {
  const [reason, setReason] = useState('')
  const [reasonCode, setCode] = useState<string>(rejectionCodes[0][0])
  const field = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const isOff = desk.blocked.value !== undefined || reason.trim() === ''
  return (
    <DecisionForm
      title="Reject"
      submit="Reject"
      tone="reject"
      isOff={isOff}
      onSubmit={() => void desk.decide({ status: 'REJECTED', reason: reason.trim(), reasonCode })}
    >
      <div class="fields">
        <label for="reject-code">Reason code</label>
        <select id="reject-code" value={reasonCode} onChange={({ currentTarget }) => setCode(currentTarget.value)}>
          {rejectionCodes.map(([code, shown]) => (
            <option key={code} value={code}>
              {shown}
            </option>
          ))}
        </select>
        <label for="reject-reason">What is wrong? Its producer and the next attempt read this.</label>
        <textarea
          id="reject-reason"
          ref={field}
          rows={2}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
          required
        />
      </div>
    </DecisionForm>
  )
}
