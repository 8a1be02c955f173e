/**
 * Labelled traffic of agents: what they give when all is well, and what they shouldn't get through. Lines of JSON in
 * `tests/safety/traffic`, a file for each domain. Who wrote and labelled it didn't know the rules, but for `near` and
 * `later`.
 *
 * Secrets stand there in parts, so that no scanner takes an example for a real one.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Labelled = { readonly id: string; readonly note: string; readonly value: unknown }

type Line = { readonly id: string; readonly note: string } & (
  | { readonly value: unknown }
  | { readonly parts: readonly string[] }
)

/** `benign` and `attacks`: by domain. `seeded`: harmless, with a seed word. `unheld`: dangerous to some, and it passes. */
export type Traffic = 'benign' | 'attacks' | 'seeded' | 'unheld'

export function readTraffic(traffic: Traffic, root = process.cwd()): ReadonlyMap<string, readonly Labelled[]> {
  const room = join(root, 'tests/safety/traffic')
  if (traffic === 'seeded' || traffic === 'unheld') {
    return new Map([[traffic, linesOf(join(room, `${traffic}.jsonl`))]])
  }
  const files = readdirSync(join(room, traffic)).sort()
  return new Map(files.map((file) => [file.replace(/\.jsonl$/, ''), linesOf(join(room, traffic, file))]))
}

function linesOf(path: string): readonly Labelled[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.flatMap((text) => {
    if (text === '') return []
    const line = JSON.parse(text) as Line
    return [{ id: line.id, note: line.note, value: 'parts' in line ? line.parts.join('') : line.value }]
  })
}
