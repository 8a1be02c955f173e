/** An agent's session as a whole: tasks that come at any time, newer connections, and that nothing is left behind. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agentSession } from '../../src/actors/agentSession.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { joinAgent } from '../../src/tasks/joining.js'
import { expectBooksBalance } from '../tasks/books.js'
import { hold, noon, sub, tenant } from '../tasks/world.js'
import { type AgentWorld, joined, result } from './agentSessionWorld.js'

const cancel = (world: AgentWorld, id: string) =>
  world.tasks.perform(cancelTask(world.tasks.desk, { tenant, sub, ownOnly: true }, id, undefined))

describe('a task on its way', () => {
  test('[Q25] is sent with its lease, and takes a credit', async () => {
    const world = await joined()
    world.say({ type: 'pull', credits: 2 })
    await world.assign()
    expect(world.sent.at(-1)).toMatchObject({ type: 'task', task: { queue: 'mail', step: 1, steps: 1, attempt: 1 } })
    expect(world.answerTo(world.say({ type: 'pull', credits: 0 }))).toMatchObject({ credits: 1 })
  })

  test('[G1 Q26] that comes after the connection was lost goes back uncounted, as often as it takes', async () => {
    const world = await joined()
    const claimed = await world.claim({ maxAttempts: 1 })
    world.tell({ kind: 'lost' })
    world.tell(claimed)
    world.failRuns()
    world.wake('leases')
    await world.run()
    expect(await world.tasks.task(claimed.task.id)).toMatchObject({ status: 'SCHEDULED', attempts: 0 })
    expect(world.sent.some(({ type }) => type === 'task' || type === 'cancel')).toBe(false)
    expectBooksBalance(world.tasks)
  })

  test('[G1 Q26] keeps a session that leaves until it has gone back', async () => {
    const world = await joined()
    const claimed = await world.claim()
    world.tell({ kind: 'lost' })
    world.wake('resume')
    world.tell(claimed)
    world.tell({ kind: 'left' })
    world.failRuns()
    expect(world.hasStopped).toBe(false)
    world.wake('leases')
    await world.run()
    expect(world.hasStopped).toBe(true)
    expect(await world.tasks.task(claimed.task.id)).toMatchObject({ status: 'SCHEDULED', attempts: 0 })
  })

  test('[Q27] that was called off before it came is never sent, and its credit asks for another', async () => {
    const world = await joined()
    world.say({ type: 'pull', credits: 1 })
    const claimed = await world.claim()
    world.tell({ kind: 'stopTask', task: claimed.task.id, turn: 1, reason: 'cancelled' })
    world.tell(claimed)
    expect(world.sent.some(({ type }) => type === 'task' || type === 'cancel')).toBe(false)
    expect(world.wants).toEqual([1, 1])
    world.tell(await world.claim())
    expect(world.sent.at(-1)).toMatchObject({ type: 'task' })
  })

  test('[G9 Q27] the turns that were called off are kept in a bounded number', async () => {
    const world = await joined()
    for (let turn = 0; turn < 1_000; turn++) world.tell({ kind: 'stopTask', task: 't', turn, reason: 'cancelled' })
    const { state } = world.session
    expect('work' in state ? state.work.calledOff.size : 0).toBe(64)
  })

  test('[G1 Q28] that the ledger says the session holds, and it does not, goes back', async () => {
    const world = await joined()
    const claimed = await world.claim()
    world.tell({ kind: 'doYouHold', claimed })
    await world.run()
    expect(await world.tasks.task(claimed.task.id)).toMatchObject({ status: 'SCHEDULED', attempts: 0 })
    const held = await world.claim()
    world.tell(held)
    world.tell({ kind: 'doYouHold', claimed: held })
    await world.run()
    expect(await world.tasks.task(held.task.id)).toMatchObject({ status: 'RUNNING' })
  })

  test('[G1 Q29] is in the lane of what must not be lost, in order with what follows it', () => {
    const control = [...(agentSession.control ?? [])]
    for (const kind of ['assigned', 'left', 'doYouHold']) expect(control).toContain(kind)
  })

  test('[Q29] that is cancelled is told to the agent, whose result is stale', async () => {
    const world = await joined()
    const held = await world.assign()
    await cancel(world, held.task)
    world.tell({ kind: 'stopTask', task: held.task, turn: 1, reason: 'no longer' })
    expect(world.sent.at(-1)).toEqual({ type: 'cancel', task: held.task, lease: held.lease, reason: 'no longer' })
    const id = world.say(result(held))
    await world.run()
    expect(world.answerTo(id)).toMatchObject({ code: 'STALE_LEASE' })
  })
})

describe('a newer connection', () => {
  test('[G2 Q30] takes what it adopted; the rest ends here, and the older connection closes', async () => {
    const world = await joined()
    const adopted = await world.assign()
    const dropped = await world.assign()
    const place = world.tasks.desk.signer.verify(adopted.lease, tenant, 'crawler')
    if (place === null) throw new Error('not a lease')
    const joiner = {
      tenant,
      agent: 'crawler',
      queues: ['mail'],
      lastConnection: 0,
      holding: [{ token: adopted.lease, place }],
    }
    await world.tasks.perform(joinAgent(world.tasks.desk, joiner, noon + 5))
    world.tell({ kind: 'replaced', adopted: new Set([adopted.task]) })
    expect(world.closed).toEqual([4001])
    await world.run()
    world.tell({ kind: 'left' })
    expect(world.hasStopped).toBe(true)
    expect(await world.tasks.task(adopted.task)).toMatchObject({ status: 'RUNNING', attempts: 0 })
    expect(await world.tasks.task(dropped.task)).toMatchObject({ status: 'SCHEDULED', attempts: 1 })
    expectBooksBalance(world.tasks)
  })

  test('[G2 Q31] leaves a result under way to its end, which nobody here is told of', async () => {
    const world = await joined()
    const held = await world.assign()
    const id = world.say(result(held))
    world.tell({ kind: 'replaced', adopted: new Set([held.task]) })
    world.tell({ kind: 'left' })
    expect(world.hasStopped).toBe(false)
    await world.run()
    expect(world.answerTo(id)).toBeUndefined()
    expect(await world.tasks.task(held.task)).toMatchObject({ status: 'COMPLETED' })
    expect(world.hasStopped).toBe(true)
  })
})

test('[G1 Q35] in any weather a session that is lost ends with nothing held, nothing pending, and says so last', async () => {
  const event = fc.oneof(
    { weight: 3, arbitrary: fc.constant('assign') },
    { weight: 2, arbitrary: fc.constantFrom('result', 'fail', 'release', 'metrics') },
    { weight: 2, arbitrary: fc.constantFrom('run', 'failRuns', 'bug') },
    { weight: 1, arbitrary: fc.constantFrom('cancel', 'looks', 'lost', 'replaced', 'resume', 'doYouHold') },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 40 }), fc.boolean(), async (events, isHeld) => {
      const world = await joined({ capacity: 8 })
      if (isHeld) world.verdict = hold
      const held: { readonly task: string; readonly lease: string }[] = []
      const act = async (kind: string): Promise<void> => {
        const last = held.at(-1) ?? { task: 'none', lease: 'none' }
        if (kind === 'assign' || kind === 'doYouHold') {
          const claimed = await world.claim()
          world.tell(kind === 'assign' ? claimed : { kind, claimed })
          const sent = world.sent.at(-1)
          if (sent?.type === 'task') {
            const { id, lease } = sent.task as { readonly id: string; readonly lease: string }
            held.push({ task: id, lease })
          }
        } else if (kind === 'result') world.say(result(last))
        else if (kind === 'fail') world.say({ type: 'fail', ...last, error: { code: 'E', message: 'no' } })
        else if (kind === 'release') world.say({ type: 'release', ...last })
        else if (kind === 'metrics') world.say({ type: 'heartbeat', metrics: result(last).output })
        else if (kind === 'run') await world.run()
        else if (kind === 'failRuns') world.failRuns()
        else if (kind === 'bug') world.failRuns('bug')
        else if (kind === 'cancel') {
          await cancel(world, last.task)
          world.tell({ kind: 'stopTask', task: last.task, turn: 1, reason: 'cancelled' })
        } else if (kind === 'looks') world.wake('leases')
        else if (kind === 'lost') world.tell({ kind: 'lost' })
        else if (kind === 'replaced') world.tell({ kind: 'replaced', adopted: new Set() })
        else world.wake('resume')
      }
      for (const one of events) if (!world.hasStopped) await act(one)
      world.tell({ kind: 'lost' })
      world.wake('resume')
      world.tell({ kind: 'left' })
      for (let round = 0; round < 5 && !world.hasStopped; round++) {
        await world.run()
        world.wake('leases')
      }
      expect(world.hasStopped).toBe(true)
      expect(world.told.at(-1)).toBe('registry departed')
      expect(await world.tasks.ledger.held(0, world.tasks.desk.holder)).toEqual([])
      expectBooksBalance(world.tasks)
    }),
    { numRuns: 200 },
  )
})
