/** The frame of a form below the card: Ctrl+Enter sends, Escape leaves. */
import type { ComponentChildren } from 'preact'
import { closeForm } from './actions.js'

type Props = {
  readonly title: string
  readonly submit: string
  readonly tone: 'approve' | 'reject' | 'plain'
  readonly isOff: boolean
  readonly onSubmit: () => void
  readonly onCancel?: () => void
  /** Beside its buttons. */
  readonly beside?: ComponentChildren
  readonly children: ComponentChildren
}

export function DecisionForm({ title, submit, tone, isOff, onSubmit, onCancel = closeForm, beside, children }: Props) {
  const send = (event: Event) => {
    event.preventDefault()
    if (!isOff) onSubmit()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.preventDefault()
      onCancel()
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.repeat) send(event)
  }
  return (
    <form class={`decision ${tone}`} aria-label={title} onSubmit={send} onKeyDown={onKeyDown}>
      {children}
      <div class="buttons">
        <button type="submit" class={tone} aria-disabled={isOff}>
          {submit} <kbd>Ctrl Enter</kbd>
        </button>
        <button type="button" onClick={onCancel}>
          Cancel <kbd>Esc</kbd>
        </button>
        {beside}
      </div>
    </form>
  )
}
