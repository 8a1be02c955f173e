/** What the operator chose of this browser: nothing of it is about anybody's data. */
import { effect, signal } from '@preact/signals'

export type Theme = 'system' | 'light' | 'dark'

const read = (name: string): string | null => localStorage.getItem(`chimera.${name}`)

const themes: readonly Theme[] = ['system', 'light', 'dark']

export const theme = signal<Theme>(themes.find((one) => one === read('theme')) ?? 'system')
export const hasShortcuts = signal(read('shortcuts') !== 'off')
export const hasNotifications = signal(read('notifications') === 'on')

effect(() => {
  localStorage.setItem('chimera.theme', theme.value)
  document.documentElement.dataset.theme = theme.value
})
effect(() => localStorage.setItem('chimera.shortcuts', hasShortcuts.value ? 'on' : 'off'))
effect(() => localStorage.setItem('chimera.notifications', hasNotifications.value ? 'on' : 'off'))
