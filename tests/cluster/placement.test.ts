/** Where shards belong: everybody says the same, and as little moves as can be. */
import { expect, test } from 'vitest'
import { placeOf } from '../../src/cluster/placement.js'

const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `node-${i + 1}`)

const placesOf = (nodes: readonly string[], shards = 256): (string | undefined)[] =>
  Array.from({ length: shards }, (_, shard) => placeOf(shard, nodes))

test('[B1] a shard belongs to the same node whoever asks, and in whatever order it knows them', () => {
  expect(placesOf(names(5).reverse())).toEqual(placesOf(names(5)))
  expect(placeOf(3, [])).toBeUndefined()
})

test('[B1] shards are spread over the nodes', () => {
  for (const count of [2, 3, 5, 10]) {
    const places = placesOf(names(count), 1_000)
    for (const node of names(count)) {
      const share = places.filter((place) => place === node).length / 1_000
      expect(share * count, `${node} of ${count}`).toBeGreaterThan(0.6)
      expect(share * count, `${node} of ${count}`).toBeLessThan(1.4)
    }
  }
})

test('[B1] a node that goes leaves the shards of the others where they are, and so does one that comes', () => {
  const before = placesOf(names(5))
  const after = placesOf(names(5).filter((node) => node !== 'node-3'))
  for (const [shard, place] of before.entries()) {
    if (place !== 'node-3') expect(after[shard]).toBe(place)
    else expect(after[shard]).not.toBe('node-3')
  }
})
