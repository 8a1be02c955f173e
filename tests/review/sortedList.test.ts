import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SortedList } from '../../src/review/sortedList.js'

describe('a sorted list', () => {
  it('[V14] agrees with a sorted array, whatever is added and removed', () => {
    const change = fc.record({ n: fc.integer({ min: 0, max: 3_000 }), isAdded: fc.boolean() })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), fc.integer({ min: 0, max: 3_000 }), (changes, pivot) => {
        const list = new SortedList<number>((a, b) => a - b)
        const model = new Set<number>()
        for (let n = 0; n < 2_000; n += 2) expect(list.add(n) && model.add(n).has(n)).toBe(true)
        for (const { n, isAdded } of changes) {
          expect(isAdded ? list.add(n) : list.remove(n)).toBe(isAdded !== model.has(n))
          if (isAdded) model.add(n)
          else model.delete(n)
        }
        const sorted = [...model].sort((a, b) => a - b)
        expect([...list.after()]).toEqual(sorted)
        expect([...list.after(pivot)]).toEqual(sorted.filter((n) => n > pivot))
        expect(list.rank(pivot)).toBe(sorted.filter((n) => n < pivot).length)
        expect(list.size).toBe(sorted.length)
      }),
      { numRuns: 30 },
    )
  })

  it('[V15] can be emptied and filled again', () => {
    const list = new SortedList<number>((a, b) => a - b)
    for (let n = 0; n < 2_000; n++) list.add(n)
    for (let n = 0; n < 2_000; n++) list.remove(n)
    expect([list.size, ...list.after(), ...list.after(3)]).toEqual([0])
    list.add(7)
    expect([...list.after()]).toEqual([7])
  })
})
