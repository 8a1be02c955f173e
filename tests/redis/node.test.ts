/** A node on Redis as its probes and its data folder see it: waiting, ready, at a loss, and on somebody else's keys. */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ChimeraNode, startNode } from '../../src/main/node.js'
import { freePort } from '../../src/prove/freePort.js'
import { startRedis } from '../../src/prove/redisServer.js'
import { configOf, type Flags, open, openProducer, submitOne, temporaryFolder } from '../integration/world.js'
import { redisCommand } from './redisCommand.js'
import { patience } from './world.js'

type Seat = { readonly folder?: string; readonly signal?: AbortSignal }

const start = async (redis: string, flags: Flags = {}, { folder, signal }: Seat = {}): Promise<ChimeraNode> => {
  const data = folder ?? (await temporaryFolder())
  const config = configOf(data, { redis, shards: '2', drainMs: '0', ...flags })
  const node = await startNode(config, signal === undefined ? {} : { signal })
  onTestFinished(() => node.stop())
  return node
}

/** Status and reason of a probe; 0: nobody listens. */
const probe = async (url: string, path: string): Promise<string> => {
  try {
    const response = await fetch(`${url}${path}`)
    const body = (await response.json()) as { readonly status?: unknown; readonly detail?: unknown }
    return `${response.status} ${body.detail ?? body.status}`
  } catch {
    return '0'
  }
}

test('[R23] a node that waits for its ledger is alive and not ready, and says why; then it is ready at the same address', async () => {
  const [port, redisPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const starting = start(`redis://127.0.0.1:${redisPort}`, { port: `${port}` })
  await expect.poll(() => probe(url, '/readyz'), patience).toMatch(/^503 the ledger can't be reached: .*ECONNREFUSED/)
  expect(await probe(url, '/healthz')).toBe('200 alive')
  expect(await probe(url, '/v1/tenants/t_acme/tasks')).toMatch(/^503/)
  await using server = await startRedis({ port: redisPort, extra: ['--maxmemory', '1'] })
  await expect.poll(() => probe(url, '/readyz'), patience).toMatch(/^503 .*OOM.*raise its maxmemory/)
  await redisCommand(server.port, 'CONFIG', 'SET', 'maxmemory', '0')
  const node = await starting
  expect(node.url).toBe(url)
  await expect.poll(() => probe(url, '/readyz'), patience).toBe('200 ready')
})

test('[R23] a start that is given up while it waits leaves the address free', async () => {
  const [port, redisPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const giveUp = new AbortController()
  const starting = start(`redis://127.0.0.1:${redisPort}`, { port: `${port}` }, { signal: giveUp.signal })
  await expect.poll(() => probe(url, '/healthz'), patience).toBe('200 alive')
  giveUp.abort()
  await expect(starting).rejects.toThrow(/gave up waiting/)
  expect(await probe(url, '/healthz')).toBe('0')
})

test('[R17] a node is not ready from a loss until it is made good, and works after that', async () => {
  await using server = await startRedis()
  const node = await start(server.url)
  await expect.poll(() => probe(node.url, '/readyz'), patience).toBe('200 ready')
  await redisCommand(server.port, 'CONFIG', 'SET', 'maxmemory', '1')
  await redisCommand(server.port, 'FLUSHALL')
  await expect.poll(() => probe(node.url, '/readyz'), patience).toMatch(/^503 the ledger lost what it had acknowledged/)
  await redisCommand(server.port, 'CONFIG', 'SET', 'maxmemory', '0')
  await expect.poll(() => probe(node.url, '/readyz'), patience).toBe('200 ready')
  expect(await submitOne(await openProducer(node))).toMatch(/\w/)
})

test('[RC81] a node whose replicas are gone is not ready until they are back', async () => {
  const quick = ['--repl-diskless-sync-delay', '0']
  await using server = await startRedis({ extra: quick })
  await using replica = await startRedis({ extra: [...quick, '--replicaof', '127.0.0.1', `${server.port}`] })
  const node = await start(server.url, { redisReplicas: '1' })
  await expect.poll(() => probe(node.url, '/readyz'), patience).toBe('200 ready')
  const producer = await openProducer(node)
  await submitOne(producer)
  process.kill(replica.pid, 'SIGSTOP')
  const underWay = submitOne(producer)
  await expect.poll(() => probe(node.url, '/readyz'), patience).toMatch(/^503 0 of 1 replicas have what was written/)
  process.kill(replica.pid, 'SIGCONT')
  expect(await underWay).toMatch(/\w/)
  await expect.poll(() => probe(node.url, '/readyz'), patience).toBe('200 ready')
})

test('[R24] a data folder knows its cluster: after a flush its node goes on with its tokens, elsewhere it is refused', async () => {
  await using server = await startRedis()
  await using other = await startRedis()
  const folder = await temporaryFolder()
  await (await start(server.url, {}, { folder })).stop()
  const kept: unknown = JSON.parse(await readFile(join(folder, 'cluster.json'), 'utf8'))
  const secret = await readFile(join(folder, 'token-secret'), 'utf8')
  await redisCommand(server.port, 'FLUSHALL')
  await (await start(server.url, {}, { folder })).stop()
  expect(JSON.parse(await readFile(join(folder, 'cluster.json'), 'utf8'))).toEqual(kept)
  expect(await redisCommand(server.port, 'HEXISTS', 'chimera:secrets', 'tokens')).toBe('1')
  expect(await readFile(join(folder, 'token-secret'), 'utf8')).toBe(secret)
  // A second cluster of the same name, on the same keys.
  await (await start(other.url)).stop()
  await expect(start(other.url, {}, { folder })).rejects.toMatchObject({
    name: 'LedgerRefusal',
    kind: 'different',
    message: expect.stringMatching(
      /another cluster called "chimera" on this Redis than the one that this node belongs/,
    ),
  })
  await expect(start(server.url, { cluster: 'renamed' }, { folder })).rejects.toMatchObject({
    kind: 'different',
    message: expect.stringMatching(/has joined the cluster "chimera"/),
  })
  await writeFile(join(folder, 'cluster.json'), '{')
  await expect(start(server.url, {}, { folder })).rejects.toMatchObject({ kind: 'damaged' })
  await rm(join(folder, 'cluster.json'))
  await (await start(server.url, {}, { folder })).stop()
  expect(JSON.parse(await readFile(join(folder, 'cluster.json'), 'utf8'))).toEqual(kept)
})

test('[R24] nodes without a folder that lasts are told apart by the id that they are given', async () => {
  await using server = await startRedis()
  await (await start(server.url, { clusterId: 'prod_eu' })).stop()
  await (await start(server.url, { clusterId: 'prod_eu' })).stop()
  await expect(start(server.url, { clusterId: 'staging' })).rejects.toMatchObject({
    kind: 'different',
    message: expect.stringMatching(/another cluster called "chimera"/),
  })
  // A flush in between is none of a stranger's making.
  await redisCommand(server.port, 'FLUSHALL')
  await (await start(server.url, { clusterId: 'prod_eu' })).stop()
})

test('[RC63] what a managed Redis does not say of itself, a setting says', async () => {
  await using server = await startRedis({ appendonly: 'yes', appendfsync: 'always' })
  await redisCommand(server.port, 'ACL', 'SETUSER', 'managed', 'on', '>pw', '~*', '&*', '+@all', '-config')
  const url = `redis://managed:pw@127.0.0.1:${server.port}`
  const told = async (flags: Flags): Promise<unknown> => {
    const node = await start(url, flags)
    const { ledger } = await (await open(node, 'producer')).hello({ subscriber: 's' })
    await node.stop()
    return ledger
  }
  expect(await told({})).toMatchObject({ durability: 'memory', windowMs: 86_400_000 })
  expect(await told({ redisFlush: 'everysec' })).toMatchObject({ durability: 'second', windowMs: 2_000 })
})
