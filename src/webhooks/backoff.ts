/** When a delivery that didn't arrive is tried again, and when it is given up. */

const firstMs = 1_000
const longestMs = 10 * 60_000
/** About an hour with the pauses above. */
export const triesMost = 16
/** What is older than this has one more try, and no others. */
export const oldestMs = 24 * 3_600_000

/** Doubles from try to try, with jitter over its upper half. `asked`: what the target said, as far as it isn't longer. */
export const pauseMs = (tries: number, chance: number, asked = 0): number => {
  const whole = Math.min(longestMs, firstMs * 2 ** (tries - 1))
  return Math.max(Math.round(whole / 2 + (whole / 2) * chance), Math.min(asked, longestMs))
}

export const isOver = (tries: number, ageMs: number): boolean => tries >= triesMost || ageMs > oldestMs
