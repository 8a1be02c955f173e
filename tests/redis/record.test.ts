/** The record of a cluster on a real Redis: sealed by whoever owns the shards, and over a flush. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { RecordSummary } from '../../src/cli/record/recordCheck.js'
import { recordKey, recordLines } from '../../src/cli/record/recordExport.js'
import { checkFile, writeRecord } from '../../src/cli/record/recordFile.js'
import { type ChimeraNode, startNode } from '../../src/main/node.js'
import { startRedis } from '../../src/prove/redisServer.js'
import { configOf, temporaryFolder } from '../integration/world.js'
import { redisCommand } from './redisCommand.js'
import { patience } from './world.js'

const tenant = 't_acme'

const start = async (redis: string, name: string): Promise<ChimeraNode> => {
  const flags = { redis, shards: '4', drainMs: '0', node: name, nodeLeaseMs: '1000', nodeQuietMs: '1000' }
  const node = await startNode(configOf(await temporaryFolder(), flags))
  onTestFinished(() => node.stop())
  return node
}

const accessOf = async (node: ChimeraNode) => ({
  url: node.url,
  token: await node.signToken({ sub: 'ann', tenant, roles: ['admin', 'operator', 'producer'], ttlSeconds: 600 }),
  tenant,
  isOperator: true,
})

/** Puts entries with a reason on record, over all shards. */
const cancelSome = async (node: ChimeraNode, count: number): Promise<void> => {
  const { token } = await accessOf(node)
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${node.url}/v1/tenants/${tenant}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const tasks = Array.from({ length: count }, (_, n) => ({ queue: 'q', payload: n }))
  const response = await call('POST', '/tasks', tasks)
  const { tasks: made } = (await response.json()) as { tasks: { id: string }[] }
  for (const { id } of made) expect((await call('DELETE', `/tasks/${id}`)).status).toBe(200)
}

/** Once so many entries are sealed. */
const exported = async (node: ChimeraNode, entries: number): Promise<{ path: string; summary: RecordSummary }> => {
  const access = await accessOf(node)
  const path = join(await temporaryFolder(), 'record.ndjson')
  for (;;) {
    const checked = await writeRecord(path, await recordKey(access), recordLines(access))
    if (checked.kind === 'wrong') throw new Error(JSON.stringify(checked.fault))
    if (checked.summary.entries >= entries) return { path, summary: checked.summary }
  }
}

const generationsIn = (path: string): readonly string[] => [
  ...new Set(
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -2)
      .map((line) => JSON.parse(line).generation),
  ),
]

test('[AU41 G7] the chains go on whoever owns the shards, and begin anew with the next generation', async () => {
  await using server = await startRedis()
  const first = await start(server.url, 'n1')
  const key = await recordKey(await accessOf(first))
  await cancelSome(first, 12)
  const alone = await exported(first, 12)
  expect(alone.summary.chains).toBeGreaterThan(1)
  const second = await start(server.url, 'n2')
  await cancelSome(second, 12)
  await exported(first, 24)
  await first.stop()
  await cancelSome(second, 12)
  const later = await exported(second, 36)
  expect(later.summary.entries).toBe(36)
  expect(await checkFile(later.path, key)).toMatchObject({ kind: 'right' })
  const before = new Set(readFileSync(later.path, 'utf8').split('\n'))
  for (const line of readFileSync(alone.path, 'utf8').split('\n').slice(0, -2)) expect(before.has(line)).toBe(true)

  const lost = generationsIn(later.path)
  await redisCommand(server.port, 'FLUSHALL')
  const sealedIn = async (): Promise<string | undefined> => {
    // Refused while the loss is made good.
    await cancelSome(second, 1).catch(() => {})
    const { path } = await exported(second, 0)
    return generationsIn(path).at(-1) ?? lost[0]
  }
  await expect.poll(sealedIn, patience).not.toBe(lost[0])
  const anew = await exported(second, 1)
  expect(await checkFile(anew.path, key)).toMatchObject({ kind: 'right' })
  expect(generationsIn(anew.path).filter((one) => lost.includes(one))).toEqual([])
}, 60_000)
