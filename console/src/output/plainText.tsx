/**
 * Text that somebody else wrote, as text: invisible characters by their code, findings marked and named. Nothing in it is
 * ever taken for markup; it can't turn what stands around it.
 */
import { useState } from 'preact/hooks'
import { reasonWords } from '../review/words.js'
import { type Mark, type Segment, segmentsOf } from './segments.js'
import { nameOfUnseen, shownUnseen } from './unseen.js'

/** Layout of more than this at a time is felt. */
const shownChars = 20_000

export function PlainText({ text, marks = [] }: Props) {
  const [length, setLength] = useState(shownChars)
  const shown = Math.min(text.length, length)
  return (
    <span class="text">
      <bdi>
        {segmentsOf(text, marks, shown).map((segment, at) => (
          <Piece key={at} segment={segment} />
        ))}
      </bdi>
      {shown < text.length && (
        <button type="button" class="more" onClick={() => setLength(length + 4 * shownChars)}>
          Show more: {(text.length - shown).toLocaleString('en')} of {text.length.toLocaleString('en')} characters are
          hidden
        </button>
      )}
    </span>
  )
}

type Props = {
  readonly text: string
  readonly marks?: readonly Mark[]
}

function Piece({ segment }: { readonly segment: Segment }) {
  const { text, isUnseen, marks, ending } = segment
  const body = isUnseen ? (
    <span class="unseen" title={nameOfUnseen(text)}>
      {shownUnseen(text)}
    </span>
  ) : (
    text
  )
  if (marks.length === 0) return <>{body}</>
  return (
    <>
      <mark class="finding" data-reason={marks[0]?.finding.reason}>
        {body}
      </mark>
      {ending.map(({ finding, number }) => (
        <span key={number} class="finding-name" data-reason={finding.reason}>
          {number} {reasonWords[finding.reason] ?? finding.reason}
        </span>
      ))}
    </>
  )
}
