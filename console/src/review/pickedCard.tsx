/** A card as a list of picked ones names it. */
import { PlainText } from '../output/plainText.js'
import type { Row } from './row.js'
import { reasonWords } from './words.js'

export function PickedCard({ row }: { readonly row: Row }) {
  return (
    <span class="picked-card">
      <span class={`severity ${row.severity}`}>{row.severity}</span>
      {row.kind === 'action' && <span class="asks">asks</span>}
      <span>{reasonWords[row.reason] ?? row.reason}</span>
      <span class="row-excerpt">
        <PlainText text={row.excerpt || row.details} />
      </span>
    </span>
  )
}
