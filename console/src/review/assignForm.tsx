/** Hands the card to somebody, or back to all. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { say } from '../notices.js'
import { desk, station } from '../room.js'
import { closeForm } from './actions.js'
import { DecisionForm } from './decisionForm.js'

export function AssignForm() {
  const [to, setTo] = useState('')
  const [note, setNote] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const assign = async () => {
    if (!(await desk.assign(to.trim() === '' ? undefined : to.trim(), note.trim()))) return
    closeForm()
    say(to.trim() === '' ? 'It is for everybody now.' : `Handed over to ${to.trim()}.`)
  }
  return (
    <DecisionForm
      title="Hand over"
      submit="Hand over"
      tone="plain"
      isOff={!station.isOpen.value}
      onSubmit={() => void assign()}
    >
      <div class="fields">
        <label for="assign-to">To which operator? Empty: to all</label>
        <input
          id="assign-to"
          ref={field}
          value={to}
          onInput={({ currentTarget }) => setTo(currentTarget.value)}
          autocomplete="off"
        />
        <label for="assign-note">Note</label>
        <input
          id="assign-note"
          value={note}
          onInput={({ currentTarget }) => setNote(currentTarget.value)}
          autocomplete="off"
        />
      </div>
    </DecisionForm>
  )
}
