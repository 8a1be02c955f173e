/** Names that somebody may have meant. */

const mostTold = 3

/** The nearest of them, as a hint for a person; empty where none is near. */
export function nearNames(name: string, names: Iterable<string>): string {
  const farthest = Math.max(2, Math.floor(name.length / 3))
  const near = [...names]
    .map((one) => ({ one, far: one.includes(name) || name.includes(one) ? 1 : distance(name, one, farthest) }))
    .filter(({ far }) => far <= farthest)
    .sort((a, b) => a.far - b.far || (a.one < b.one ? -1 : 1))
    .slice(0, mostTold)
    .map(({ one }) => one)
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`
}

/** How many letters differ, are more or are less; over `most`, something over it. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let above = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    above = row
  }
  return above[b.length] ?? most + 1
}
