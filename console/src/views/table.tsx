/** A table that scrolls sideways where it is wider than its place; so the keyboard has to get there. */
import type { ComponentChildren } from 'preact'

type Props = { readonly label: string; readonly heads: readonly string[]; readonly children: ComponentChildren }

export function Table({ label, heads, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region is reached by the keyboard
    <section class="table" tabIndex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}
