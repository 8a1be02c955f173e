/** A hundred people at the same cards: seeds that nobody has run yet. */
import { expect, test } from 'vitest'
import { freshSeeds } from './freshSeeds.js'
import { failuresOf, runSeed } from './run.js'

const each = 32
const { first, seeds } = freshSeeds(3, each)

test(`[Z8] [G5] ${each} fresh seeds from ${first} on, with a crowd at each card, keep the guarantees`, async () => {
  const failures = await failuresOf(seeds, 'crowd')
  expect(failures, failures.join('\n\n')).toEqual([])
}, 300_000)

test('[Z8] a crowd decides cards, several people some of them, and time others', async () => {
  const { world } = await runSeed(1, { scene: 'crowd' })
  const people = new Set(
    world.history.asked.filter(({ request }) => request.type === 'decide').map(({ by }) => by.who.sub),
  )
  expect(people.size).toBeGreaterThan(50)
  expect(world.looks.length).toBeGreaterThan(world.nodes.length)
  expect(world.books.cards().some(({ approvalsRequired }) => Number(approvalsRequired) > 1)).toBe(true)
})
