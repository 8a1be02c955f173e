/** Nodes in processes of their own on one real Redis, which ends with the file's tests. */
import { afterAll, beforeAll } from 'vitest'
import { type RedisServer, startRedis } from '../../src/prove/redisServer.js'
import { type ChildNode, spawnNode } from '../integration/childNode.js'
import { type Flags, temporaryFolder } from '../integration/world.js'

type Opened = { readonly nodes: readonly ChildNode[]; add(): Promise<ChildNode> }

export type Pair = Opened & { readonly first: ChildNode; readonly second: ChildNode }

/** Each call makes a cluster of the test's own. */
export const nodesOnRedis = (): { pair(flags?: Flags): Promise<Pair> } => {
  let redis: RedisServer
  let clusters = 0
  beforeAll(async () => {
    redis = await startRedis({ appendonly: 'yes', appendfsync: 'everysec' })
  })
  afterAll(() => redis[Symbol.asyncDispose]())

  const open = async (count: number, flags: Flags): Promise<Opened> => {
    const cluster = `c${++clusters}`
    const common = { redis: redis.url, cluster, shards: '4', nodeLeaseMs: '1000', nodeQuietMs: '3000', ...flags }
    let names = 0
    const add = async () => spawnNode(await temporaryFolder(), { ...common, node: `n${++names}` })
    return { nodes: await Promise.all(Array.from({ length: count }, add)), add }
  }

  const pair = async (flags: Flags = {}): Promise<Pair> => {
    const opened = await open(2, flags)
    const [first, second] = opened.nodes
    if (first === undefined || second === undefined) throw new Error('two nodes were asked for')
    return { ...opened, first, second }
  }
  return { pair }
}
