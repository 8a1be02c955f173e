/** The browser's own notifications: that a card waits, never what is in it. */

import { say } from './notices.js'
import { hasNotifications } from './preferences.js'
import type { Row } from './review/row.js'

export async function chooseNotifications(isOn: boolean): Promise<void> {
  if (isOn && (typeof Notification === 'undefined' || (await Notification.requestPermission()) !== 'granted')) {
    say('The browser doesn’t allow notifications of this page.', true)
    hasNotifications.value = false
    return
  }
  hasNotifications.value = isOn
}

export function noteArrival({ severity, queue }: Row): void {
  if (!hasNotifications.value || !document.hidden || typeof Notification === 'undefined') return
  if (Notification.permission !== 'granted') return
  // One at a time: the next replaces it.
  new Notification('A card waits for review', { body: `Severity ${severity}, queue ${queue}`, tag: 'chimera-card' })
}
