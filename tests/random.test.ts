import { describe, expect, test } from 'vitest'
import { idsFrom, newId } from '../src/ids.js'
import { seededRandom, systemRandom } from '../src/random.js'

describe('random', () => {
  test('[A71] the same seed gives the same numbers, another seed others', () => {
    const take = (seed: number) => {
      const random = seededRandom(seed)
      return [random.next(), random.int(1_000), [...random.bytes(4)]]
    }
    expect(take(7)).toEqual(take(7))
    expect(take(7)).not.toEqual(take(8))
    expect(take(7)).not.toEqual(take(7 + 2 ** 32))
  })

  test('[A71] the numbers of a seed stay the same from version to version', () => {
    const random = seededRandom(42)
    expect([random.int(1_000_000), random.int(1_000_000), random.int(1_000_000)]).toMatchInlineSnapshot(`
      [
        294393,
        912565,
        152830,
      ]
    `)
  })

  test.each([
    ['system', systemRandom],
    ['seeded', seededRandom(1)],
  ] as const)('[A72] %s numbers keep their range and are spread evenly', (_, random) => {
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 100_000; i++) {
      const n = random.int(10)
      counts[n] = (counts[n] ?? Number.NaN) + 1
      const next = random.next()
      if (next < 0 || next >= 1) throw new Error(`out of range: ${next}`)
    }
    // Ten standard deviations around 10,000.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(950)
    expect(random.bytes(16).length).toBe(16)
  })
})

describe('ids', () => {
  test('[A73] ids have 21 characters that need no escaping anywhere, and none comes twice', () => {
    const ids = Array.from({ length: 10_000 }, () => newId())
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{22}$/)
    expect(new Set(ids).size).toBe(10_000)
  })

  test('[A73] ids from a seed come again with it', () => {
    const ids = (seed: number) => Array.from({ length: 3 }, idsFrom(seededRandom(seed)))
    expect(ids(1)).toEqual(ids(1))
    expect(ids(1)).not.toEqual(ids(2))
    expect(new Set(ids(1)).size).toBe(3)
    expect(ids(1)[0]).toMatch(/^[A-Za-z0-9]{22}$/)
  })
})
