/** Counts seconds, for what is shown as time goes by. */
import { signal } from '@preact/signals'

export const tick = signal(0)

setInterval(() => {
  tick.value++
}, 1_000)
