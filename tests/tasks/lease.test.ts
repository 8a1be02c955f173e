/** Tokens: whatever isn't exactly what was signed, for exactly this agent, is none. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLeaseSigner, type LeasePlace } from '../../src/tasks/lease.js'

const signer = createLeaseSigner(new Uint8Array(32).fill(1), () => 'g1')

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)

const place: fc.Arbitrary<LeasePlace> = fc.record({
  shard: fc.nat({ max: 15 }),
  turn: fc.nat({ max: 10_000 }),
  entry: fc.stringMatching(/^[0-9-]{1,20}$/),
  task: word,
  lane: fc.tuple(word, word).map(([tenant, queue]) => `${tenant}/${queue}/normal`),
})

describe('a lease token', () => {
  test('[G2 W1] tells its place to the agent it was made for', () => {
    fc.assert(
      fc.property(place, word, word, (leased, tenant, agent) => {
        expect(signer.verify(signer.sign(leased, tenant, agent), tenant, agent)).toEqual(leased)
      }),
    )
  })

  test('[G2 W1] with any character changed, or one more or fewer, is none', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.integer({ min: 33, max: 126 }), (leased, at, code) => {
        const token = signer.sign(leased, 't_a', 'crawler')
        const i = at % token.length
        const other = String.fromCharCode(code)
        fc.pre(token[i] !== other)
        expect(signer.verify(token.slice(0, i) + other + token.slice(i + 1), 't_a', 'crawler')).toBeNull()
        expect(signer.verify(token.slice(0, i) + token.slice(i + 1), 't_a', 'crawler')).toBeNull()
        expect(signer.verify(token.slice(0, i) + other + token.slice(i), 't_a', 'crawler')).toBeNull()
      }),
    )
  })

  test('[G2 G8 W2] is none for another agent or tenant, even where their names join to the same text', () => {
    fc.assert(
      fc.property(place, word, word, word, (leased, tenant, agent, other) => {
        fc.pre(other !== agent && other !== tenant)
        const token = signer.sign(leased, tenant, agent)
        expect(signer.verify(token, tenant, other)).toBeNull()
        expect(signer.verify(token, other, agent)).toBeNull()
        expect(signer.verify(token, tenant + agent, '')).toBeNull()
      }),
    )
  })

  test('[G2 W2] is none under another secret, and one of an older generation still is', () => {
    const leased = { shard: 0, turn: 1, entry: '1', task: 'a', lane: 't_a/mail/normal' }
    const token = signer.sign(leased, 't_a', 'crawler')
    const foreign = createLeaseSigner(new Uint8Array(32).fill(2), () => 'g1')
    const later = createLeaseSigner(new Uint8Array(32).fill(1), () => 'g2')
    expect(foreign.verify(token, 't_a', 'crawler')).toBeNull()
    expect(later.verify(token, 't_a', 'crawler')).toEqual(leased)
  })

  test('[G2 W2] is no session, nor a session a lease; noise is neither', () => {
    const session = signer.signSession(1_700_000_000_000, 't_a', 'crawler')
    expect(signer.verifySession(session, 't_a', 'crawler')).toBe(1_700_000_000_000)
    expect(signer.verifySession(session, 't_a', 'other')).toBeNull()
    expect(signer.verify(session, 't_a', 'crawler')).toBeNull()
    const leased = { shard: 0, turn: 1, entry: '1', task: 'a', lane: 't_a/mail/normal' }
    expect(signer.verifySession(signer.sign(leased, 't_a', 'crawler'), 't_a', 'crawler')).toBeNull()
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (noise) => {
        expect(signer.verify(noise, 't_a', 'crawler')).toBeNull()
        expect(signer.verifySession(noise, 't_a', 'crawler')).toBeNull()
      }),
    )
  })
})
