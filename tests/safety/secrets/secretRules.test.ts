/** Each rule of the secrets filter by its own examples. */
import { describe, expect, test } from 'vitest'
import { secretRules } from '../../../src/safety/filters/secrets/secretsFilter.js'
import { rulesIn } from './look.js'

describe('rules of secrets', () => {
  test('[SC1] there are more than 60 of vendors, each with an id of its own', () => {
    expect(new Set(secretRules.map(({ id }) => id)).size).toBe(secretRules.length)
    expect(secretRules.length).toBeGreaterThan(100)
  })

  for (const rule of secretRules) {
    test(`[SC2] ${rule.id} finds its hits, and nothing is found in its near-misses`, () => {
      expect(rule.hits.length).toBeGreaterThan(0)
      expect(rule.misses.length).toBeGreaterThan(0)
      for (const hit of rule.hits) expect(rulesIn(hit), hit).toContain(rule.id)
      for (const miss of rule.misses) expect(rulesIn(miss), miss).toEqual([])
    })
  }
})
