/** What an edit changed, line by line; lines that stayed are shown near those that didn't. */
import { type Line, lineChanges } from './lineChanges.js'
import { PlainText } from './plainText.js'

const around = 2
const signs = { same: ' ', gone: '−', new: '+' } as const
const words = { same: '', gone: 'Removed: ', new: 'Added: ' } as const

export function Changes({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = lineChanges(before, after)
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ kind }) => kind !== 'same'),
  )
  if (!near.includes(true)) return <p class="quiet">Nothing is changed.</p>
  return (
    <div class="changes">
      {lines.map((line, at) => near[at] && <Row key={at} line={line} isAfterGap={at > 0 && near[at - 1] === false} />)}
    </div>
  )
}

function Row({ line: { kind, text }, isAfterGap }: { readonly line: Line; readonly isAfterGap: boolean }) {
  return (
    <>
      {isAfterGap && <div class="gap" aria-hidden="true" />}
      <div class={`line ${kind}`}>
        <span class="sign" aria-hidden="true">
          {signs[kind]}
        </span>
        <span class="hidden-word">{words[kind]}</span>
        <PlainText text={text} />
      </div>
    </>
  )
}
