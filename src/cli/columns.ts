/** Text laid out for a person: columns as wide as their widest cell, long lines in pieces, short words for times. */

export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** A line in pieces of `width`, all but the first behind `indent` blanks; cut between words, where there are some. */
export function wrapped(line: string, width: number, indent: number): readonly string[] {
  if (line.length <= width || width <= indent + 1) return [line]
  const space = line.lastIndexOf(' ', width)
  const at = space > indent ? space : width
  return [line.slice(0, at), ...wrapped(' '.repeat(indent) + line.slice(at).trimStart(), width, indent)]
}

/** To the second, UTC. */
export const timeOf = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** A duration by its largest unit: `45s`, `3m`, `2h`, `5d`. */
export function roughly(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}
