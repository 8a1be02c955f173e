/** A node's actors together: what one actor's failure leaves behind, the others put right; how procedures run. */
import { expect, test } from 'vitest'
import { registryAddress, shardDoorAddress } from '../../src/actors/addresses.js'
import { Raw } from '../../src/protocol/raw.js'
import { commitAll, type Order, type Procedure, readOne, Unavailable } from '../../src/tasks/procedure.js'
import { tenant } from '../tasks/world.js'
import { PlaneWorld } from './planeWorld.js'

test('[G1 Q80] what a session that failed held goes to another agent, and its connection closes', async () => {
  const world = new PlaneWorld()
  await world.submit()
  const first = await world.agent('first')
  const task = world.taskOf(first)
  expect(task).toBeDefined()
  await world.say(first, { type: 'result', task: task?.id, lease: task?.lease, output: Raw.of('boom'), confidence: 1 })
  expect(world.plane.system.has(first)).toBe(false)
  expect(world.closed).toEqual([`${first} 1011`])
  const second = await world.agent('second')
  await world.pass(2_000)
  expect(world.taskOf(second)?.id).toBe(task?.id)
  expect(world.failed).toEqual([])
  expect(world.plane.system.inspect(registryAddress)).toMatchObject({ agents: { size: 1 } })
  await world.plane.stop()
})

test('[G1 Q80] a task that comes when the session that asked for it has failed goes to another agent', async () => {
  const world = new PlaneWorld()
  const gone = await world.agent('gone')
  const other = await world.agent('other')
  world.plane.system.tell(gone, {
    kind: 'frame',
    frame: {
      type: 'result',
      get id(): number {
        throw new Error('planted')
      },
    },
  })
  await world.submit()
  await world.pass(3_000)
  expect(world.taskOf(other)).toBeDefined()
  const held = await Promise.all([0, 1].map((shard) => world.ledger.held(shard, 'n1.a')))
  expect(held.flat()).toHaveLength(1)
  await world.plane.stop()
})

test('[Q81] a node is not ready once its door to a shard has found the ledger away three times', async () => {
  const world = new PlaneWorld()
  await world.settle()
  expect(world.plane.unreadyFor()).toBeUndefined()
  await world.ledger.close()
  const orders = [
    { ticket: 1_000, bytes: 1, order: { shard: 0, tenant, drains: true, transaction: { guards: [], writes: [] } } },
  ]
  world.plane.system.tell(shardDoorAddress(0), { kind: 'orders', orders })
  await world.pass(1_000)
  expect(world.plane.unreadyFor()).toBe('the ledger does not answer')
  await world.plane.stop()
})

const orderFor = (shard: number, record: string): Order => ({
  shard,
  tenant,
  drains: true,
  transaction: { guards: [{ kind: 'absent', record }], writes: [{ kind: 'put', record, fields: { x: 1 } }] },
})

test('[J40] a call with orders for several shards is answered once, in their order', async () => {
  const world = new PlaneWorld()
  const orders = [orderFor(1, 'a'), orderFor(0, 'b'), orderFor(1, 'a'), orderFor(0, 'c')]
  const result = world.plane.runner.result(commitAll(orders))
  await world.settle()
  expect((await result).map(({ kind }) => kind)).toEqual(['done', 'done', 'refused', 'done'])
  expect(await runs(world, commitAll([]))).toEqual([])
  expect(world.plane.runner.count()).toBe(0)
  await world.plane.stop()
})

test('[J41] a call that the ledger cannot carry out is thrown into its procedure, which may go on', async () => {
  const world = new PlaneWorld()
  await world.settle()
  await world.ledger.close()
  function* careful(): Procedure<string> {
    try {
      yield* readOne(0, 'x')
      return 'read'
    } catch (error) {
      return error instanceof Unavailable ? 'unavailable' : 'bug'
    }
  }
  expect(await runs(world, careful())).toBe('unavailable')
  await expect(runs(world, readOne(0, 'x'))).rejects.toThrow(Unavailable)
  expect(world.plane.runner.count()).toBe(0)
  await world.plane.stop()
})

async function runs<Result>(world: PlaneWorld, procedure: Procedure<Result>): Promise<Result> {
  const result = world.plane.runner.result(procedure)
  result.catch(() => {})
  await world.settle()
  return result
}
