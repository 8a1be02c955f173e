/** Theme, keys, notifications, and the way out. */
import { useRef } from 'preact/hooks'
import { chooseNotifications } from './browserNotes.js'
import { helpIsOpen } from './helpDialog.js'
import { hasNotifications, hasShortcuts, type Theme, theme } from './preferences.js'
import { station } from './room.js'

const themes: readonly (readonly [Theme, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export function SettingsMenu() {
  const menu = useRef<HTMLDetailsElement>(null)
  const who = station.who.value
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || menu.current === null) return
    menu.current.open = false
    menu.current.querySelector('summary')?.focus()
  }
  return (
    <details class="settings" ref={menu} onKeyDown={close}>
      <summary>{who?.sub ?? 'Settings'}</summary>
      <div class="menu">
        {who !== undefined && (
          <p class="quiet">
            {who.tenant} · {who.roles.join(', ')}
          </p>
        )}
        <label>
          Theme
          <select
            value={theme.value}
            onChange={({ currentTarget }) => {
              theme.value = currentTarget.value as Theme
            }}
          >
            {themes.map(([name, shown]) => (
              <option key={name} value={name}>
                {shown}
              </option>
            ))}
          </select>
        </label>
        <label class="choice">
          <input
            type="checkbox"
            checked={hasShortcuts.value}
            onChange={({ currentTarget }) => {
              hasShortcuts.value = currentTarget.checked
            }}
          />
          Keys of one letter
        </label>
        <label class="choice">
          <input
            type="checkbox"
            checked={hasNotifications.value}
            onChange={({ currentTarget: box }) =>
              void chooseNotifications(box.checked).then(() => {
                // Refused: what was chosen is what it was, so that nothing draws the box anew.
                box.checked = hasNotifications.value
              })
            }
          />
          Notify me of new cards
        </label>
        <button
          type="button"
          onClick={() => {
            helpIsOpen.value = true
          }}
        >
          Keys <kbd>?</kbd>
        </button>
        <button type="button" onClick={() => station.signOut()}>
          Sign out
        </button>
      </div>
    </details>
  )
}
