/**
 * A hundred people, three nodes, and a few cards that all of them want to decide: some are themselves who submitted or
 * made what is on them. Several have to approve most, and some cards' time is up in the middle.
 */
import { Admin, type Terms } from './admin.js'
import { Agent, type Ending } from './agent.js'
import { Decider } from './decider.js'
import type { Dice } from './dice.js'
import { Noticeboard } from './noticeboard.js'
import type { Stage } from './player.js'
import { type Handed, Producer } from './producer.js'

export type Crowd = {
  readonly agent: Agent
  readonly producer: Producer
  readonly admin: Admin
  readonly deciders: readonly Decider[]
}

export const people = 100
const watchers = 8
const tidiers = 6
const longMs = 86_400_000

const terms: Terms = (dice) => {
  const approvals = { high: dice.pick([1, 2, 3]), normal: dice.pick([1, 2, 3]) }
  const reviewMs = { high: dice.pick([2_000, 4_000, longMs]), normal: dice.pick([2_000, 3_000, longMs]) }
  return { approvals, reviewMs, reveal: dice.pick(['on', 'off']) }
}

export const gather = (
  stage: Stage,
  dice: Dice,
  tenant: string,
  notes: { readonly handed: Handed[]; readonly endings: Ending[] },
  heartbeatMs: number,
): Crowd => {
  const queues = ['mail']
  const work = { queues, capacity: 8, workMs: 300, heartbeatMs, forgetfulness: 0, mischief: 0, failures: 0.1 }
  const calm = { subscriber: 'desk', queues, mischief: 0, attention: 1, ttl: 0 }
  const board = new Noticeboard(dice.split())
  const hasteMs = dice.pick([50, 400, 2_000])
  return {
    agent: new Agent(stage, dice.split(), { tenant, sub: 'op8' }, work, notes.endings),
    producer: new Producer(
      stage,
      dice.split(),
      { tenant, sub: 'op7' },
      { ...calm, name: 'p1', tasks: dice.between(4, 8), withinMs: 2_000 },
      notes.handed,
    ),
    admin: new Admin(stage, dice.split(), { tenant, sub: 'admin1' }, dice.pick([600, 3_000]), terms),
    deciders: Array.from({ length: people }, (_, n) => {
      const habits = { hasteMs, watches: n < watchers, tidies: n >= people - tidiers }
      return new Decider(stage, dice.split(), { tenant, sub: `op${n}` }, habits, board)
    }),
  }
}
