/**
 * Everything at once: procedures about a few tasks, each carried out call by call, in any order. Whatever comes first
 * counts; every turn ends once, every task at most once, and the books balance.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AttemptReply,
  expireClaimed,
  holdResult,
  type Lease,
  loseAttempt,
  releaseLease,
} from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { settleDue } from '../../src/tasks/due.js'
import type { Procedure } from '../../src/tasks/procedure.js'
import { isFinal } from '../../src/tasks/task.js'
import { expectBooksBalance } from './books.js'
import { failAttempt, heldWord, output, type Performance, passResult, sub, tenant, World } from './world.js'

const error = { code: 'E', message: 'no' }

/** Ends of a lease, each as somebody who believes to hold it would try. */
const ends: Readonly<Record<string, (world: World, lease: Lease) => Procedure<AttemptReply>>> = {
  pass: (world, lease) => passResult(lease, output(), world.now),
  hold: (world, lease) => holdResult(world.desk, lease, heldWord(lease), world.now),
  fail: (world, lease) => failAttempt(world.desk, lease, { error, retry: true }, world.now),
  giveUp: (world, lease) => failAttempt(world.desk, lease, { error, retry: false }, world.now),
  lose: (world, lease) => loseAttempt(world.desk, lease, error, world.now),
  release: (world, lease) => releaseLease(lease, 'release', world.now),
}

const pick = fc.nat({ max: 1_000 })

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('step' as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('end' as const), pick, end: fc.constantFrom(...Object.keys(ends)) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('claim' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('due' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('advance' as const), pick: fc.nat({ max: 3_000 }) }) },
)

class Play {
  readonly world = new World()
  readonly ids: string[] = []
  readonly leases: Lease[] = []
  readonly underWay: Performance<unknown>[] = []
  /** How often a turn was ended, by what its procedure said. */
  readonly ended = new Map<string, number>()

  async begin(): Promise<void> {
    const options = [
      {},
      { steps: ['mail', 'mail'] },
      { maxAttempts: 1 },
      { ttlMs: 2_000 },
      { delayMs: 500, ttlMs: 500 },
    ]
    this.ids.push(...(await this.world.submit(...options)))
  }

  async act({ kind, pick: at, ...more }: { kind: string; pick: number; end?: string }): Promise<void> {
    const { world, leases, underWay } = this
    if (kind === 'advance') world.now += at
    else if (kind === 'step') await this.#step(at)
    else if (kind === 'due') underWay.push(world.begin(settleDue({ shard: 0, epoch: 0 })))
    else if (kind === 'cancel') {
      const by = { tenant, sub, ownOnly: true }
      underWay.push(world.begin(cancelTask(world.desk, by, this.ids[at % this.ids.length] ?? '', undefined)))
    } else if (kind === 'claim') {
      const { leases: claimed, overdue } = await world.claim([{ agent: `a${at % 3}`, connection: at }])
      leases.push(...claimed)
      for (const { task, ...place } of overdue) underWay.push(world.begin(expireClaimed(place, task, world.now)))
    } else {
      const lease = leases[at % Math.max(1, leases.length)]
      const end = ends[more.end ?? '']
      if (lease !== undefined && end !== undefined) underWay.push(world.begin(this.#counted(lease, end(world, lease))))
    }
  }

  async finish(): Promise<void> {
    while (this.underWay.length > 0) await this.#step(0)
  }

  async #step(at: number): Promise<void> {
    const i = at % Math.max(1, this.underWay.length)
    const step = await this.underWay[i]?.step()
    if (step?.isDone) this.underWay.splice(i, 1)
  }

  *#counted(lease: Lease, end: Procedure<AttemptReply>): Procedure<void> {
    const reply = yield* end
    if (reply.kind !== 'done' || reply.duplicate) return
    const turn = `${lease.task.id} ${lease.place.turn}`
    this.ended.set(turn, (this.ended.get(turn) ?? 0) + 1)
  }
}

test('[G1 G2 W41] in any order a turn ends once, a task at most once, and nothing is miscounted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 120, size: 'max' }), async (events) => {
      const play = new Play()
      await play.begin()
      for (const one of events) await play.act(one)
      await play.finish()

      expectBooksBalance(play.world)
      for (const times of play.ended.values()) expect(times).toBe(1)
      const finals = (await play.world.outcomes()).filter(({ final }) => final)
      for (const id of play.ids) {
        const task = await play.world.task(id)
        expect(finals.filter((outcome) => outcome.task === id).map(({ status }) => status)).toEqual(
          isFinal(task) ? [task.status] : [],
        )
        const turns = task.ends.map(({ turn }) => turn)
        expect(new Set(turns).size).toBe(turns.length)
      }
      const stale = (await play.world.audit()).filter(({ kind }) => kind === 'staleResult')
      expect(new Set(stale.map(({ task, turn }) => `${task} ${String(turn)}`)).size).toBe(stale.length)
    }),
    { numRuns: 200 },
  )
})
