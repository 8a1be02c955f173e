/** Seeds that once failed, each with what it showed. They run always, beside the fresh ones. */
export const keptSeeds: ReadonlyMap<number, string> = new Map([
  [8, "a dispatcher's `left` overtook the last task that it had sent, which was then nobody's"],
  [82, 'a claim that took effect after its answer was given up left a task with nobody'],
  [125, 'the look for what a lost claim had taken failed, and there was no second one'],
  [155, 'as 82, with an agent that had no other task'],
])
