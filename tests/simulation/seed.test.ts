/** Seeds that failed before; or the one that `SIMULATION_SEED` names, alone, in the scene that `SIMULATION_SCENE` names. */
import { expect, test } from 'vitest'
import { explain, runSeed } from './run.js'
import { keptSeeds } from './seeds.js'

const asked = process.env.SIMULATION_SEED
const scene = process.env.SIMULATION_SCENE === 'crowd' ? 'crowd' : 'daily'
const seeds: readonly (readonly [number, string])[] =
  asked === undefined ? [...keptSeeds] : [[Number(asked), keptSeeds.get(Number(asked)) ?? 'asked for']]

test.each(seeds)('[Z1] seed %d keeps the guarantees: %s', async (seed) => {
  const report = await runSeed(seed, { scene })
  expect(report.violations, explain(report)).toEqual([])
})

test('[Z2] the same seed makes the same history', async () => {
  const [seed] = seeds[0] ?? [1]
  const first = await runSeed(seed)
  const second = await runSeed(seed)
  expect(second.hash).toBe(first.hash)
  expect((await runSeed(seed + 1)).hash).not.toBe(first.hash)
})
