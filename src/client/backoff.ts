/**
 * When to try again: full jitter, so that those who failed together don't come back together.
 */

const baseMs = 250
const capMs = 15_000

/**
 * @param failures how many there were in a row before this one
 * @param atLeastMs what the node asked for: never less, and the jitter comes on top
 */
export function backoffMs(failures: number, random: number, atLeastMs = 0): number {
  return atLeastMs + random * Math.min(capMs, baseMs * 2 ** failures)
}
