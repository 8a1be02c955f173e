/** What scrolls by itself: the keyboard has to get there, and it says what it is. */
import type { ComponentChildren } from 'preact'

type Props = {
  readonly class: string
  readonly label: string
  readonly children: ComponentChildren
}

export function Scrolled({ class: name, label, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region is reached by the keyboard
    <section class={name} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
