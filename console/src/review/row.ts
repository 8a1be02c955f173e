/** What the list keeps of a card: without its values, so that ten thousand of them weigh little. */
import type { CardFilter } from '../../../src/protocol/operatorFrames.js'
import type { ReviewCard } from '../../../src/protocol/records.js'

export type Row = Omit<ReviewCard, 'payload' | 'output' | 'edited' | 'findings'> & {
  readonly excerpt: string
  /** It no longer matches, and stays until the reader moves on. */
  readonly hasLeft?: boolean
}

export function rowOf({ payload: _, output, edited: __, findings, ...card }: ReviewCard): Row {
  const found = card.reason === 'LOW_CONFIDENCE' ? beginningOf(output) : findings[0]?.excerpt
  // Of a question the agent's own words say what it is about.
  const said = card.kind === 'action' ? (card.summary ?? beginningOf(output)) : found
  return { ...card, excerpt: (said ?? '').slice(0, excerptChars).replace(/\s+/g, ' ') }
}

const excerptChars = 120

/** The longest of its first texts: of an output that was held as a whole it says most. */
function beginningOf(value: unknown): string {
  const open: unknown[] = [value]
  let longest = ''
  for (let looked = 0; looked < mostLooked && open.length > 0; looked++) {
    const next = open.shift()
    if (typeof next === 'string' && next.length > longest.length) longest = next
    else if (typeof next === 'object' && next !== null && !(next instanceof Uint8Array))
      open.push(...Object.values(next).slice(0, mostLooked))
  }
  return longest
}

const mostLooked = 24

/** What text it was searched by can't change in a card's life; the rest can be told from the row. */
export const matches = ({ status = 'PENDING', reason, severity, queue }: CardFilter, row: Row): boolean =>
  row.status === status &&
  (reason === undefined || row.reason === reason) &&
  (severity === undefined || row.severity === severity) &&
  (queue === undefined || row.queue === queue)

const weight = { high: 0, normal: 1, low: 2 } as const

/** As the node orders them: what waits by weight, then age; what was decided, the latest first. */
export const compareRows = (status: string) => (status === 'PENDING' ? byWork : byEnd)

const byWork = (a: Row, b: Row): number =>
  weight[a.severity] - weight[b.severity] || a.createdAt - b.createdAt || byId(a, b)

const byEnd = (a: Row, b: Row): number => (b.resolvedAt ?? 0) - (a.resolvedAt ?? 0) || byId(b, a)

const byId = (a: Row, b: Row): number => (a.reviewId < b.reviewId ? -1 : a.reviewId > b.reviewId ? 1 : 0)
