/**
 * Seeds that show a mistake that there was, each with what was wrong. They run always, beside the fresh ones.
 *
 * A change of the simulation itself gives a seed another history: whoever makes one looks, with the old mistake put back,
 * for a seed that shows it again.
 */
export const keptSeeds: ReadonlyMap<number, string> = new Map([
  [57, "a dispatcher's `left` overtook the last task that it had sent, which was then nobody's"],
  [11, 'a claim took effect after its answer was given up, and nobody looked for what it had taken'],
  [12, 'the same, with two tasks'],
  [1059, 'a join that failed left a lease to who gave it back, and what was asked under it stayed open for ever'],
])
