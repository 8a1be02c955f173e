/**
 * Keys of the whole page. A key that is held down counts once; keys with a modifier are the browser's, and those pressed
 * in a field are the field's. They can be turned off (WCAG 2.2, 2.1.4).
 */
import { helpIsOpen } from './helpDialog.js'
import { view } from './place.js'
import { hasShortcuts } from './preferences.js'
import { approve, beginEdit, leave, pick, pickRange, reject } from './review/actions.js'
import { claim, move, station } from './room.js'

const inReview: Readonly<Record<string, () => void>> = {
  j: () => move(1),
  k: () => move(-1),
  c: () => void claim.toggle(),
  a: approve,
  r: reject,
  e: beginEdit,
  x: pick,
  X: pickRange,
  '/': () => document.getElementById('search')?.focus(),
}

const inList: Readonly<Record<string, (isRange: boolean) => void>> = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  ' ': (isRange) => (isRange ? pickRange() : pick()),
}

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (station.place.value.kind !== 'signedIn' || event.ctrlKey || event.metaKey || event.altKey) return
    const action = actionOf(event)
    if (action === undefined) return
    event.preventDefault()
    if (!event.repeat) action()
  })
}

function actionOf(event: KeyboardEvent): (() => void) | undefined {
  const { key, target, shiftKey } = event
  if (!(target instanceof Element) || helpIsOpen.value) return undefined
  // The list box has its own whatever was chosen of shortcuts.
  if (target.matches('[role=listbox]') && Object.hasOwn(inList, key)) return () => inList[key]?.(shiftKey)
  if (target.matches('input, textarea, select, [contenteditable]') || !hasShortcuts.value) return undefined
  if (key === '?')
    return () => {
      helpIsOpen.value = true
    }
  if (view.value !== 'review') return undefined
  if (key === 'Escape') return leave
  return Object.hasOwn(inReview, key) ? inReview[key] : undefined
}
