/**
 * Turns a classifier's score into a probability that holds what it says (Platt scaling: J. Platt, "Probabilistic
 * outputs for support vector machines", 1999). Naive Bayes counts words as if they knew nothing of each other, so its
 * own posterior is nearly always 0 or 1; fitted on examples it hasn't learned from, 0.8 means right four times in five.
 */

export type Scored = { readonly score: number; readonly isPositive: boolean }

export type Calibration = {
  /** P(positive | score), strictly between 0 and 1. */
  probability(score: number): number
}

const rounds = 50
/** Keeps the curve finite where the examples can be told apart without an error. */
const ridge = 1e-3

/** Fits 1 / (1 + exp(-(a + b·score))) by Newton's method. Throws without examples of both kinds. */
export function calibrate(examples: readonly Scored[]): Calibration {
  const positives = examples.filter(({ isPositive }) => isPositive).length
  const negatives = examples.length - positives
  if (positives === 0 || negatives === 0) throw new RangeError('calibration: expected examples of both kinds')
  // Targets a little inside 0 and 1, as Platt does: a small set of examples proves no certainty.
  const high = (positives + 1) / (positives + 2)
  const low = 1 / (negatives + 2)

  let a = 0
  let b = 0
  for (let round = 0; round < rounds; round += 1) {
    let [gradientA, gradientB, aa, ab, bb] = [ridge * a, ridge * b, ridge, 0, ridge]
    for (const { score, isPositive } of examples) {
      const p = logistic(a + b * score)
      const miss = p - (isPositive ? high : low)
      const weight = p * (1 - p)
      gradientA += miss
      gradientB += miss * score
      aa += weight
      ab += weight * score
      bb += weight * score * score
    }
    const determinant = aa * bb - ab * ab
    a -= (bb * gradientA - ab * gradientB) / determinant
    b -= (aa * gradientB - ab * gradientA) / determinant
  }
  return { probability: (score) => logistic(a + b * score) }
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x))
}
