/** Figures about many: shares with how far they can be trusted, and percentiles. */

import type { Share, Spread } from '../../protocol/leadRecords.js'

/** Of a normal distribution, for 95 %. */
const z = 1.959964

/** Null where there is nothing to have a share of. */
export const shareOf = (count: number, of: number): Share | null => {
  if (of === 0) return null
  const share = count / of
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  const middle = share + (z * z) / (2 * of)
  const scale = 1 + (z * z) / of
  return {
    of,
    count,
    share: rounded(share),
    low: rounded(Math.max(0, (middle - spread) / scale)),
    high: rounded(Math.min(1, (middle + spread) / scale)),
  }
}

export const rounded = (n: number): number => Math.round(n * 10_000) / 10_000

/** By nearest rank; null where there are none. */
export const spreadOf = (values: readonly number[]): Spread | null => {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0
  return { count: sorted.length, p50: at(50), p90: at(90), p99: at(99) }
}

export const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
