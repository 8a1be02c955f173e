import { describe, expect, test } from 'vitest'
import { piiRules } from '../../../src/safety/filters/pii/piiFilter.js'
import { rulesIn } from './look.js'

describe.each(piiRules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test.each(rule.hits)('[PI1] finds %j', (text) => {
    expect(rulesIn(text)).toContain(id)
  })

  test.each(rule.misses)('[PI2] passes %j', (text) => {
    expect(rulesIn(text)).not.toContain(id)
  })
})

describe('the rules', () => {
  test('[PI3] have names of their own, weigh as much as what they find, and have examples', () => {
    expect(new Set(piiRules.map(({ id }) => id)).size).toBe(piiRules.length)
    for (const { id, reason, hits, misses, severity } of piiRules) {
      expect(id).toMatch(/^pii\.[a-z-]+$/)
      expect(reason).toBe('PII')
      expect(['high', 'normal']).toContain(severity)
      expect(hits.length).toBeGreaterThan(1)
      expect(misses.length).toBeGreaterThan(1)
    }
  })
})
