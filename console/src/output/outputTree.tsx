/** A value as a tree that opens and closes. What is deep or long is shown on demand. */
import { useState } from 'preact/hooks'
import { entriesOf, isLeaf, Leaf } from './leaf.js'
import { type Marks, pointerTo } from './marks.js'
import { PlainText } from './plainText.js'

const shownEntries = 100
const openDepth = 4

export function OutputTree({ value, marks }: { readonly value: unknown; readonly marks: Marks }) {
  return (
    <div class="tree">
      <Branch value={value} marks={marks} path="" depth={0} />
    </div>
  )
}

type At = { readonly value: unknown; readonly marks: Marks; readonly path: string; readonly depth: number }

function Branch({ value, marks, path, depth }: At) {
  const [count, setCount] = useState(shownEntries)
  if (isLeaf(value)) return <Leaf value={value} marks={marks.textAt(path, lengthOf(value))} />
  const entries = entriesOf(value)
  if (entries.length === 0) return <span class="leaf word">{Array.isArray(value) ? 'empty list' : 'empty map'}</span>
  return (
    <ul>
      {entries.slice(0, count).map(([key, item]) => (
        <li key={key}>
          <Entry name={key} value={item} marks={marks} path={pointerTo(path, key)} depth={depth + 1} />
        </li>
      ))}
      {count < entries.length && (
        <li>
          <button type="button" class="more" onClick={() => setCount(count + 10 * shownEntries)}>
            Show more: {(entries.length - count).toLocaleString('en')} of {entries.length.toLocaleString('en')} are
            hidden
          </button>
        </li>
      )}
    </ul>
  )
}

function Entry({ name, value, marks, path, depth }: At & { readonly name: string | number }) {
  const [isOpen, setOpen] = useState(depth < openDepth)
  const text = String(name)
  const label = (
    <span class={typeof name === 'number' ? 'key index' : 'key'}>
      <PlainText text={text} marks={marks.keyAt(path, text.length)} />
    </span>
  )
  if (isLeaf(value))
    return (
      <div class="pair">
        {label} <Leaf value={value} marks={marks.textAt(path, lengthOf(value))} />
      </div>
    )
  const size = entriesOf(value).length
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {label} <span class="size">{Array.isArray(value) ? `[${size}]` : `{${size}}`}</span>
      </summary>
      {isOpen && <Branch value={value} marks={marks} path={path} depth={depth} />}
    </details>
  )
}

const lengthOf = (value: unknown): number => (typeof value === 'string' ? value.length : 1_000)
