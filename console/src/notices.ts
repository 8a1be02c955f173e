/** What has to be said to the reader once: the latest alone, until something else is said or it is put away. */
import { signal } from '@preact/signals'

export type Notice = { readonly text: string; readonly isTrouble: boolean; readonly number: number }

export const notice = signal<Notice | undefined>(undefined)

const shownMs = 8_000
let number = 0

/** Trouble stays until it is put away. */
export function say(text: string, isTrouble = false): void {
  const said = { text, isTrouble, number: ++number }
  notice.value = said
  if (!isTrouble)
    setTimeout(() => {
      if (notice.value === said) notice.value = undefined
    }, shownMs)
}

export const putAway = (): void => {
  notice.value = undefined
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
