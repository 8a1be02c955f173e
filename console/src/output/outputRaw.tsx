/** The same value exactly as it came, as JSON: every character that could mislead is escaped, none is replaced. */
import { useState } from 'preact/hooks'
import { Scrolled } from '../scrolled.js'
import { rawJson } from './rawJson.js'

const shownChars = 100_000

export function OutputRaw({ value }: { readonly value: unknown }) {
  const [length, setLength] = useState(shownChars)
  const text = rawJson(value)
  return (
    <div class="raw">
      <Scrolled class="scrolled" label="Output as JSON">
        <pre>
          <bdi>{text.slice(0, length)}</bdi>
        </pre>
      </Scrolled>
      {length < text.length && (
        <button type="button" class="more" onClick={() => setLength(length + 5 * shownChars)}>
          Show more: {(text.length - length).toLocaleString('en')} characters are hidden
        </button>
      )}
    </div>
  )
}
