/** Calling off, and trying again: whoever asks, whenever, gets one answer. */
import { describe, expect, test } from 'vitest'
import { holdResult } from '../../src/tasks/attempt.js'
import { cancelTask } from '../../src/tasks/cancellation.js'
import { settleDue } from '../../src/tasks/due.js'
import { cardKey, partsOfStop } from '../../src/tasks/keys.js'
import { replayId, replayTask } from '../../src/tasks/replay.js'
import { expectBooksBalance } from './books.js'
import { failAttempt, heldWord, noon, output, passResult, sub, tenant, World } from './world.js'

const own = { tenant, sub, ownOnly: true }
const operator = { tenant, sub: 'olga', ownOnly: false }
const error = { code: 'E', message: 'no' }

describe('cancel', () => {
  test('[W60] of a running task takes it from its agent, who is told why by a hint', async () => {
    const world = new World()
    const hints: string[] = []
    world.ledger.onHint((_, hint) => hints.push(hint))
    const id = await world.submitOne()
    const lease = await world.take({ agent: { agent: 'crawler/7', connection: 1 } })
    const reply = await world.perform(cancelTask(world.desk, own, id, 'no/longer\nneeded'))
    expect(reply).toEqual({ kind: 'cancelled', status: 'CANCELLED' })
    expect(hints.map(partsOfStop).filter((stop) => stop !== null)).toEqual([
      { task: id, turn: 1, tenant, agent: 'crawler/7', reason: 'no/longer\nneeded' },
    ])
    expect(await world.perform(passResult(lease, output(), noon))).toEqual({ kind: 'stale' })
    expect(await world.ledger.held(0, world.desk.holder)).toEqual([])
    expectBooksBalance(world)
  })

  test('[G6 W60] is on record once, with who, why and from which state; so is the card that it withdraws', async () => {
    const world = new World()
    const id = await world.submitOne()
    const lease = await world.take()
    await world.perform(holdResult(world.desk, lease, heldWord(lease), noon))
    await world.perform(cancelTask(world.desk, operator, id, undefined))
    await world.perform(cancelTask(world.desk, operator, id, undefined))
    expect(await world.audit()).toMatchObject([
      { kind: 'held' },
      { kind: 'withdrawn', task: id },
      { kind: 'cancelled', task: id, by: 'olga', from: 'NEEDS_REVIEW' },
    ])
    const { review = '' } = await world.task(id)
    expect((await world.ledger.read(0, [cardKey(review)]))[0]).toMatchObject({ status: 'WITHDRAWN' })
    expectBooksBalance(world)
  })

  test('[W61] of a task that has ended is answered with how', async () => {
    const world = new World()
    const id = await world.submitOne()
    await world.perform(passResult(await world.take(), output(), noon))
    const reply = await world.perform(cancelTask(world.desk, own, id, undefined))
    expect(reply).toEqual({ kind: 'cancelled', status: 'COMPLETED' })
    expect(await world.audit()).toEqual([])
  })

  test('[G8 W62] finds no task of another tenant, nor a producer one of another sub', async () => {
    const world = new World()
    const id = await world.submitOne()
    for (const by of [
      { ...own, sub: 'other' },
      { ...own, tenant: 't_other' },
      { ...operator, tenant: 't_other' },
    ]) {
      expect(await world.perform(cancelTask(world.desk, by, id, undefined))).toEqual({ kind: 'notFound' })
      expect(await world.perform(replayTask(world.desk, by, id))).toEqual({ kind: 'notFound' })
    }
    expect(await world.task(id)).toMatchObject({ status: 'QUEUED' })
  })

  test('[W63] of a task that is claimed between its read and its commit cancels it all the same', async () => {
    const world = new World()
    const id = await world.submitOne()
    const cancel = world.begin(cancelTask(world.desk, own, id, undefined))
    await cancel.step()
    await world.take()
    let last = await cancel.step()
    while (!last.isDone) last = await cancel.step()
    expect(last.result).toEqual({ kind: 'cancelled', status: 'CANCELLED' })
    expectBooksBalance(world)
  })

  test('[W63] that finds no room says so, and the task goes on', async () => {
    const world = new World()
    const id = await world.submitOne()
    world.isFullFor = () => true
    expect(await world.perform(cancelTask(world.desk, own, id, undefined))).toMatchObject({ kind: 'overloaded' })
    expect(await world.task(id)).toMatchObject({ status: 'QUEUED' })
  })
})

describe('replay', () => {
  const dead = async (asked = {}) => {
    const world = new World({ shards: 3 })
    const id = await world.submitOne({ key: 'k', priority: 'low', ttlMs: 60_000, trace: 'tr', ...asked })
    const lease = await world.take()
    await world.perform(failAttempt(world.desk, lease, { error, retry: false }, noon))
    return { world, id }
  }

  test('[W65] makes a new task of a dead one, from its first step, with its options, once', async () => {
    const { world, id } = await dead()
    world.now += 1_000
    const again = replayId(id)
    expect(await world.perform(replayTask(world.desk, own, id))).toEqual({
      kind: 'replayed',
      id: again,
      existing: false,
    })
    expect(await world.perform(replayTask(world.desk, operator, id))).toEqual({
      kind: 'replayed',
      id: again,
      existing: true,
    })
    expect(await world.task(again)).toMatchObject({
      status: 'QUEUED',
      replayOf: id,
      sub,
      priority: 'low',
      trace: 'tr',
      attempts: 0,
      turn: 1,
      createdAt: noon + 1_000,
      expiresAt: noon + 61_000,
    })
    expect((await world.task(again)).error).toBeUndefined()
    expect(await world.task(id)).toMatchObject({ status: 'FAILED' })
    expect((await world.audit()).filter(({ kind }) => kind === 'replayed')).toMatchObject([{ task: id, replay: again }])
    expectBooksBalance(world)
  })

  test('[W65] of a replay is another one', async () => {
    const { world, id } = await dead()
    await world.perform(replayTask(world.desk, own, id))
    const lease = await world.take()
    await world.perform(failAttempt(world.desk, lease, { error, retry: false }, noon))
    const second = await world.perform(replayTask(world.desk, own, replayId(id)))
    expect(second).toEqual({ kind: 'replayed', id: replayId(replayId(id)), existing: false })
  })

  test('[W66] of a task that runs, waits or completed says how it stands', async () => {
    const world = new World()
    const id = await world.submitOne()
    expect(await world.perform(replayTask(world.desk, own, id))).toEqual({ kind: 'notEnded', status: 'QUEUED' })
    await world.perform(passResult(await world.take(), output(), noon))
    expect(await world.perform(replayTask(world.desk, own, id))).toEqual({ kind: 'notEnded', status: 'COMPLETED' })
    expect(await world.perform(replayTask(world.desk, own, 'nothing'))).toEqual({ kind: 'notFound' })
  })

  test('[W66] of a task that expired is one that may wait anew', async () => {
    const world = new World()
    const id = await world.submitOne({ ttlMs: 1_000 })
    world.now += 1_000
    await world.perform(settleDue({ shard: 0, epoch: 0 }))
    expect(await world.perform(replayTask(world.desk, own, id))).toMatchObject({ kind: 'replayed' })
    expect(await world.task(replayId(id))).toMatchObject({ expiresAt: noon + 2_000 })
    expectBooksBalance(world)
  })

  test('[G9 W66] into a full lane, or a full ledger, is told to come again', async () => {
    const { world, id } = await dead()
    world.isFullFor = ({ drains }) => !drains
    expect(await world.perform(replayTask(world.desk, own, id))).toMatchObject({ kind: 'overloaded' })
    world.isFullFor = () => false
    const desk = { ...world.desk, limits: { laneEntries: 0 } }
    expect(await world.perform(replayTask(desk, own, id))).toMatchObject({ kind: 'overloaded' })
  })
})
