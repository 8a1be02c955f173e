/** What a node may conclude from the beats that it sees. */
import { describe, expect, test } from 'vitest'
import { aloneView, hasLapsed, isDead, isPlacedHere, placedAt } from '../../src/cluster/members.js'
import { Standstill } from '../../src/cluster/standstill.js'
import { leaseMs, member, quietMs, seenBy } from './views.js'

describe('numbers that stand still', () => {
  test('[B2] do so from when they were first seen, by the watcher’s own clock', () => {
    const watch = new Standstill()
    watch.look(new Map([['n1', 7]]), 1_000)
    watch.look(new Map([['n1', 7]]), 1_500)
    expect(watch.stillMs('n1', 1_600)).toBe(600)
    watch.look(new Map([['n1', 8]]), 1_700)
    expect(watch.stillMs('n1', 1_800)).toBe(100)
    expect(watch.stillMs('n2', 1_800)).toBe(0)
  })

  test('[B2] are watched anew after a look that failed, and forgotten once they are gone', () => {
    const watch = new Standstill()
    watch.look(new Map([['n1', 7]]), 1_000)
    watch.beginAnew(9_000)
    watch.look(new Map([['n1', 7]]), 9_500)
    expect(watch.stillMs('n1', 9_500)).toBe(500)
    watch.look(new Map(), 9_600)
    expect(watch.stillMs('n1', 20_000)).toBe(0)
  })
})

describe('a node', () => {
  test('[B3] has lapsed after a lease’s time, and is dead after a longer one', () => {
    const view = (stillMs: number) => seenBy('n1.a', { 'n2.a': stillMs })
    expect(hasLapsed(view(leaseMs - 1), 'n2.a')).toBe(false)
    expect(hasLapsed(view(leaseMs), 'n2.a')).toBe(true)
    expect(isDead(view(quietMs - 1), 'n2.a')).toBe(false)
    expect(isDead(view(quietMs), 'n2.a')).toBe(true)
  })

  test('[B3] that has begun anew, or said that it left, is dead at once; of one never seen nothing is known', () => {
    const view = seenBy('n1.a', { 'n2.b': 0 })
    expect(isDead(view, 'n2.a')).toBe(true)
    expect(isDead(view, 'n1.before')).toBe(true)
    expect(isDead(view, 'n3.a')).toBe(false)
    const left = { ...view, members: new Map([['n3', { ...member('n3.a', { status: 'left' }), stillMs: 0 }]]) }
    expect(isDead(left, 'n3.a')).toBe(true)
  })

  test('[B3] that is alone knows every other holder to be dead', () => {
    expect(isDead(aloneView('n1', 'n1.a'), 'anybody.else')).toBe(true)
    expect(isPlacedHere(aloneView('n1', 'n1.a'), 7)).toBe(true)
  })

  test('[B1] gets shards while it is up and has not lapsed; nobody gets any while fenced', () => {
    const both = seenBy('n1.a', { 'n2.a': 0 })
    const shards = Array.from({ length: 64 }, (_, shard) => shard)
    const ofSecond = shards.filter((shard) => placedAt(both, shard) === 'n2')
    expect(ofSecond.length).toBeGreaterThan(0)
    const lapsed = seenBy('n1.a', { 'n2.a': leaseMs })
    const draining = { ...both, members: new Map(both.members) }
    draining.members.set('n2', { ...member('n2.a', { status: 'draining' }), stillMs: 0 })
    for (const shard of ofSecond) {
      expect(isPlacedHere(both, shard)).toBe(false)
      expect(isPlacedHere(lapsed, shard)).toBe(true)
      expect(isPlacedHere(draining, shard)).toBe(true)
      expect(isPlacedHere({ ...lapsed, isFenced: true }, shard)).toBe(false)
    }
  })
})
