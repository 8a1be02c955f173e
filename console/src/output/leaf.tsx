/** One value that has nothing below it. */
import { PlainText } from './plainText.js'
import type { Mark } from './segments.js'

export function Leaf({ value, marks }: { readonly value: unknown; readonly marks: readonly Mark[] }) {
  if (typeof value === 'string')
    return (
      <span class="leaf string">
        <PlainText text={value} marks={marks} />
      </span>
    )
  return (
    <span class="leaf word">
      <PlainText text={wordOf(value)} marks={marks} />
    </span>
  )
}

export function wordOf(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Uint8Array) return `binary, ${value.length.toLocaleString('en')} bytes`
  return String(value)
}

export const isLeaf = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || value instanceof Uint8Array

/** What is below a value, by key or index. */
export const entriesOf = (value: unknown): readonly (readonly [string | number, unknown])[] =>
  Array.isArray(value)
    ? value.map((item, at) => [at, item] as const)
    : isLeaf(value)
      ? []
      : Object.entries(value as object)
