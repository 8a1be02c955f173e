/** A task that kills each agent that takes it. It ends as a dead letter; everybody else's work goes on. */
import { type Fault, unharmed } from '../fault.js'

export const deadlyTask: Fault = {
  name: 'deadly-task',
  about: 'A task that kills every agent it meets: dead after its attempts, while the others go on.',
  runsOnEmbedded: true,
  shape: { fleets: 4, agents: 1, capacity: 1, workMs: 20 },
  expected: { ...unharmed, executedTwice: 2, notCompleted: 1, recoveryMs: { short: 25_000, long: 90_000 } },
  commit: async ({ world, fleets, submitter, pause, complain }) => {
    let deaths = 0
    for (const fleet of fleets)
      fleet.onDeath = () => {
        deaths++
        void fleet.start()
      }
    submitter.handIn('deadly')
    const { handed } = world.history
    const deadly = handed[handed.length - 1]
    const isDead = (): boolean => world.history.ends().has(deadly?.acknowledged?.task ?? '')
    const { patienceMs } = world.ground.spans
    for (let waitedMs = 0; !isDead() && waitedMs < patienceMs; waitedMs += 100) await pause(100)
    if (deaths !== 3) complain(`it met ${deaths} agents, and has 3 attempts`)
    if (world.history.ends().get(deadly?.acknowledged?.task ?? '')?.status !== 'FAILED')
      complain('it is no dead letter')
  },
}
