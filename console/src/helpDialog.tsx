/** The keys, and what can be chosen of them. */
import { signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { hasShortcuts } from './preferences.js'

export const helpIsOpen = signal(false)

const keys = [
  ['j', 'next card'],
  ['k', 'card before'],
  ['c', 'claim, or release'],
  ['a', 'approve'],
  ['r', 'reject'],
  ['e', 'edit'],
  ['x', 'pick the card, to be decided with others; in the list, Space does it, too'],
  ['Shift x', 'pick all up to it'],
  ['/', 'search'],
  ['?', 'this help'],
  ['Ctrl Enter', 'send what is filled in'],
  ['Esc', 'leave a form, let go what is picked'],
] as const

export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = helpIsOpen.value
  useLayoutEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  const close = () => {
    helpIsOpen.value = false
  }
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={close}>
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          checked={hasShortcuts.value}
          onChange={({ currentTarget }) => {
            hasShortcuts.value = currentTarget.checked
          }}
        />
        Keys of one letter are on
      </label>
      <button type="button" onClick={close}>
        Close
      </button>
    </dialog>
  )
}
