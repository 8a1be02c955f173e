/** Seeds that nobody has run yet: half of them here, half in the file beside, so that they run at the same time. */
import { expect, test } from 'vitest'
import { freshSeeds } from './freshSeeds.js'
import { failuresOf } from './run.js'

const { first, seeds } = freshSeeds(1, 140)

test(`[G1] [G2] [G3] [G4] [G5] [G6] ${seeds.length} fresh seeds from ${first} on keep the guarantees`, async () => {
  const failures = await failuresOf(seeds)
  expect(failures, failures.join('\n\n')).toEqual([])
}, 300_000)
