import { expect, it } from 'vitest'
import { eachListed, type Part } from '../../src/cli/paging.js'

it('[N29] a list is read to its end, whatever its parts have in them', async () => {
  const parts: readonly Part<string>[] = [
    { items: [], cursor: '1' },
    { items: ['a'], cursor: '2' },
    { items: [], cursor: '3' },
    { items: ['b'] },
  ]
  const told: string[] = []
  await eachListed(
    { limit: 50, cursor: undefined },
    async ({ cursor = '0' }) => parts[Number(cursor)] ?? { items: [] },
    (items) => told.push(...items),
  )
  expect(told).toEqual(['a', 'b'])
})
