/** Names that are taken apart again. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lane, partsOfLane, partsOfStop, priorities, reviewId, stopHint, taskOfReview } from '../../src/tasks/keys.js'

const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/)
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)

test('[W5] a lane tells its tenant, queue and priority; what is none tells nothing', () => {
  fc.assert(
    fc.property(name, name, fc.constantFrom(...priorities), (tenant, queue, priority) => {
      expect(partsOfLane(lane(tenant, queue, priority))).toEqual({ tenant, queue, priority })
    }),
  )
  for (const wrong of ['', 't_a', 't_a/mail', 't_a/mail/urgent', 't_a/mail/high/more']) {
    expect(partsOfLane(wrong)).toBeNull()
  }
})

test('[W5] a stop tells the turn, the agent with its instance, and any reason, line breaks and slashes included', () => {
  fc.assert(
    fc.property(
      id,
      fc.nat(),
      name,
      name,
      fc.option(name),
      fc.option(fc.string()),
      (task, turn, tenant, by, of, why) => {
        const agent = of === null ? by : `${by}/${of}`
        const hint = stopHint({ task, turn, tenant, agent })
        const told = partsOfStop(why === null ? hint : `${hint}\n${why}`)
        expect(told).toEqual({ task, turn, tenant, agent, reason: why ?? 'cancelled' })
      },
    ),
  )
  expect(partsOfStop('lane/t_a/mail/high')).toBeNull()
  expect(partsOfStop('stop/task')).toBeNull()
})

test('[W5] a card tells its task, whatever the task is called', () => {
  fc.assert(
    fc.property(id, fc.nat(), fc.constantFrom('result', 'text'), (task, turn, kind) => {
      expect(taskOfReview(reviewId(task, turn, kind))).toBe(task)
    }),
  )
})
