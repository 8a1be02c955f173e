/** Seeds from the time of the run, told in the test's name. Each file has a range of its own. */
export type FreshSeeds = { readonly first: number; readonly seeds: readonly number[] }

const most = 160

export const freshSeeds = (file: number, count: number): FreshSeeds => {
  const first = Math.floor(Date.now() / 1_000) * 1_000 + file * most
  return { first, seeds: Array.from({ length: count }, (_, at) => first + at) }
}
