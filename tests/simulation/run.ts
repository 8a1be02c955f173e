/** One run: the same seed makes the same history, down to the last byte. */
import { violationsOf } from './checker.js'
import { type Scene, World, type WorldOptions } from './world.js'

export type Report = {
  readonly seed: number
  readonly scene: Scene
  /** Of all that happened. */
  readonly hash: string
  readonly violations: readonly string[]
  readonly world: World
}

export const runSeed = async (seed: number, options: WorldOptions = {}): Promise<Report> => {
  const world = new World(seed, options)
  await world.live()
  return { seed, scene: options.scene ?? 'daily', hash: world.history.digest(), violations: violationsOf(world), world }
}

/** What a failure prints: the seed, how to run it alone, and the first few of what it broke. */
export const explain = ({ seed, scene, violations }: Report): string =>
  [
    `seed ${seed} broke ${violations.length} rules; SIMULATION_SEED=${seed} SIMULATION_SCENE=${scene} npx vitest run tests/simulation/seed.test.ts`,
    ...violations.slice(0, 8),
  ].join('\n')

/** Runs them one after the other; returns explanations of those that failed. */
export const failuresOf = async (seeds: Iterable<number>, scene: Scene = 'daily'): Promise<readonly string[]> => {
  const failures: string[] = []
  for (const seed of seeds) {
    const report = await runSeed(seed, { scene })
    if (report.violations.length > 0) failures.push(explain(report))
  }
  return failures
}
