/** Sums of digits by weights, which many registers take a rest of. */

const zero = 0x30

/** Digit by digit times its weight; what is beyond the weights doesn't count. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0
  for (const [at, weight] of weights.entries()) sum += (digits.charCodeAt(at) - zero) * weight
  return sum
}

export function digitAt(digits: string, at: number): number {
  return digits.charCodeAt(at) - zero
}
