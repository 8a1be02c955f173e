import { describe, expect, it } from 'vitest'
import { calibrate } from '../../src/cli/demo/calibration.js'

describe('calibration', () => {
  it('[D9] gives back how often a score was right', () => {
    // At a score of 1, three in four are positive; at -1 one in four.
    const examples = Array.from({ length: 400 }, (_, i) => ({
      score: i < 200 ? 1 : -1,
      isPositive: i < 200 ? i % 4 !== 0 : i % 4 === 0,
    }))
    const { probability } = calibrate(examples)
    expect(probability(1)).toBeCloseTo(0.75, 2)
    expect(probability(-1)).toBeCloseTo(0.25, 2)
  })

  it('[D10] stays finite and short of certainty where the examples leave no doubt', () => {
    const examples = Array.from({ length: 100 }, (_, i) => ({ score: i - 50, isPositive: i >= 50 }))
    const { probability } = calibrate(examples)
    expect(probability(-50)).toBeLessThan(0.05)
    expect(probability(50)).toBeGreaterThan(0.95)
    expect(probability(50)).toBeLessThan(1)
    expect(probability(10)).toBeGreaterThan(probability(-10))
  })

  it('[D11] refuses examples of one kind alone', () => {
    expect(() => calibrate([])).toThrow(RangeError)
    expect(() => calibrate([{ score: 1, isPositive: true }])).toThrow('examples of both kinds')
  })
})
