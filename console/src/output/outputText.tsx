/** A value as it would be read: every text in it with its line breaks, each under the place where it stands. */
import { useState } from 'preact/hooks'
import { entriesOf, isLeaf, Leaf } from './leaf.js'
import { type Marks, pointerTo } from './marks.js'
import { PlainText } from './plainText.js'

const shownTexts = 200
const mostTexts = 5_000

type Read = { readonly path: string; readonly key: string; readonly value: unknown }

/** Leaves in their order, without recursion: values nest deeper than the stack. */
function leavesOf(value: unknown): readonly Read[] {
  const found: Read[] = []
  const open: Read[] = [{ path: '', key: '', value }]
  for (let next = open.pop(); next !== undefined && found.length < mostTexts; next = open.pop()) {
    const { path, value: at } = next
    const entries = entriesOf(at)
    if (isLeaf(at) || entries.length === 0) found.push(next)
    else
      for (let i = Math.min(entries.length, mostTexts) - 1; i >= 0; i--) {
        const [key, item] = entries[i] ?? ['', null]
        open.push({ path: pointerTo(path, key), key: String(key), value: item })
      }
  }
  return found
}

export function OutputText({ value, marks }: { readonly value: unknown; readonly marks: Marks }) {
  const [count, setCount] = useState(shownTexts)
  const leaves = leavesOf(value)
  return (
    <div class="reading">
      {leaves.slice(0, count).map(({ path, key, value: leaf }) => (
        <div key={path} class="passage">
          {path !== '' && (
            <p class="where">
              <PlainText
                text={path}
                marks={marks.keyAt(path, key.length).map((mark) => shifted(mark, path.length - key.length))}
              />
            </p>
          )}
          <p class="said">
            <Leaf
              value={isLeaf(leaf) ? leaf : 'empty'}
              marks={marks.textAt(path, typeof leaf === 'string' ? leaf.length : 1_000)}
            />
          </p>
        </div>
      ))}
      {count < leaves.length && (
        <button type="button" class="more" onClick={() => setCount(count + 5 * shownTexts)}>
          Show more: {(leaves.length - count).toLocaleString('en')} texts are hidden
        </button>
      )}
    </div>
  )
}

const shifted = <M extends { readonly start: number; readonly end: number }>(mark: M, by: number): M => ({
  ...mark,
  start: mark.start + by,
  end: mark.end + by,
})
