/** What changed between two texts, line by line: the longest common subsequence, bounded. */

export type Line = { readonly kind: 'same' | 'gone' | 'new'; readonly text: string }

/** The table has the product of both lengths: beyond this, all of one text goes and all of the other comes. */
const mostCells = 1_000_000

export function lineChanges(before: string, after: string): readonly Line[] {
  const a = before.split('\n')
  const b = after.split('\n')
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  return [
    ...a.slice(0, head).map(same),
    ...between(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ]
}

const same = (text: string): Line => ({ kind: 'same', text })
const gone = (text: string): Line => ({ kind: 'gone', text })
const added = (text: string): Line => ({ kind: 'new', text })

function between(a: readonly string[], b: readonly string[]): readonly Line[] {
  if (a.length * b.length > mostCells) return [...a.map(gone), ...b.map(added)]
  const width = b.length + 1
  const common = new Uint32Array((a.length + 1) * width)
  const at = (i: number, j: number): number => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [x, y] = [a[i], b[j]]
    if (x !== undefined && x === y) {
      lines.push(same(x))
      i++
      j++
    } else if (x !== undefined && (y === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push(gone(x))
      i++
    } else if (y !== undefined) {
      lines.push(added(y))
      j++
    }
  }
  return lines
}
