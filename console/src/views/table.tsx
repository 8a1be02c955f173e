/** A table that scrolls sideways where it is wider than its place; so the keyboard has to get there. */
import type { ComponentChildren } from 'preact'
import { Scrolled } from '../scrolled.js'

/** `number`: of a column of figures. */
type Head = string | { readonly number: string }

type Props = { readonly label: string; readonly heads: readonly Head[]; readonly children: ComponentChildren }

const wordsOf = (head: Head): string => (typeof head === 'string' ? head : head.number)

export function Table({ label, heads, children }: Props) {
  return (
    <Scrolled class="table" label={label}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={wordsOf(head)} scope="col" class={typeof head === 'string' ? '' : 'number'}>
                {wordsOf(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scrolled>
  )
}
