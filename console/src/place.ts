/** Which view is open: in the address, so that it is there again after the page is loaded anew. */
import { signal } from '@preact/signals'

export const views = ['review', 'fleet', 'tasks', 'numbers', 'calibration', 'audit', 'policy'] as const
export type View = (typeof views)[number]

const viewIn = (hash: string): View => views.find((one) => hash === `#${one}`) ?? 'review'

export const view = signal<View>(viewIn(location.hash))

addEventListener('hashchange', () => {
  view.value = viewIn(location.hash)
})
