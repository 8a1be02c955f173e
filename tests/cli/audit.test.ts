/** The record of a real node: exported, checked without it by the command and by a program of another language. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forVerifier, needPython } from '../machine/python.js'
import { World } from './chimera.js'

const python = needPython(forVerifier)
const verifier = resolve(import.meta.dirname, '../../examples/python/verify_audit.py')

let world: World

beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

const path = (name: string): string => join(world.folder, name)

/** So many tasks, cancelled with a reason each. */
const cancelled = async (count: number, reason: string): Promise<void> => {
  const lines = ['submit', '--queue', 'q', '--lines', '-']
  const input = Array.from({ length: count }, (_, n) => `{"n":${n}}`).join('\n')
  for (const { id } of await world.json(lines, { input })) {
    expect(await world.run(['cancel', String(id), '--reason', reason])).toMatchObject({ code: 0 })
  }
}

/** Exports until so many entries are sealed. */
const exported = async (file: string, entries: number): Promise<Record<string, unknown>> => {
  for (;;) {
    const [summary = {}] = await world.json(['audit', 'export', '--out', file])
    if (Number(summary.entries) >= entries) return summary
  }
}

const pythonSays = (file: string): { readonly code: number | null; readonly text: string } => {
  const { status, stdout, stderr } = spawnSync(python, [verifier, path(file), path('key.pem')], { encoding: 'utf8' })
  return { code: status, text: stdout + stderr }
}

describe('the record from the command line', () => {
  it('[AU40] is exported, and right without a node; whatever was done to it is told, by either verifier', async () => {
    const node = await world.serve()
    await cancelled(3, 'Łukasz asked')
    expect(await exported('record.ndjson', 3)).toMatchObject({ tenant: 't_default', entries: 3, erased: 0, dropped: 0 })
    const [entry] = await world.json(['audit'])
    expect(entry).toMatchObject({ id: '0/1', kind: 'cancelled', reason: 'Łukasz asked', hash: expect.any(String) })
    expect(await world.run(['audit', 'erase', '0/2', '--reason', 'on request'])).toMatchObject({
      code: 0,
      stdout: '0/2: erased\n',
    })
    expect(await world.run(['audit', 'erase', '0/9'])).toMatchObject({ code: 1 })
    expect(await world.run(['audit', 'erase', 'x'])).toMatchObject({ code: 2 })
    await exported('erased.ndjson', 4)
    writeFileSync(path('key.pem'), (await world.run(['audit', 'key'])).stdout)
    expect((await world.run(['audit', 'verify', 'erased.ndjson'])).code).toBe(0)
    node.kill('SIGKILL')
    await node.ended

    const verify = (file: string) => world.run(['audit', 'verify', file, '--key', 'key.pem'])
    expect(await verify('erased.ndjson')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^erased.ndjson: right: 4 entries of t_default in 1 chains, as of .*; texts of 1 erased\n$/,
      ),
    })
    expect(pythonSays('erased.ndjson')).toEqual({
      code: 0,
      text: `${path('erased.ndjson')}: right: 4 entries of t_default\n`,
    })
    expect(pythonSays('record.ndjson').code).toBe(0)

    const lines = readFileSync(path('record.ndjson'), 'utf8').split('\n')
    const spoilt = {
      changed: lines.with(2, (lines[2] ?? '').replace('"cancelled"', '"replayed"')),
      missing: lines.toSpliced(2, 2),
      cut: lines.slice(0, -2),
    }
    for (const [kind, some] of Object.entries(spoilt)) {
      writeFileSync(path('spoilt.ndjson'), some.join('\n'))
      const { code, stderr } = await verify('spoilt.ndjson')
      expect(code).toBe(1)
      expect(stderr, kind).toContain(kind === 'cut' ? 'cut off' : `entry 0/2: ${kind}`)
      expect(pythonSays('spoilt.ndjson').code, kind).toBe(1)
    }
    expect((await world.run(['audit', 'verify', 'erased.ndjson', '--key', 'record.ndjson'])).code).toBe(2)
    expect((await world.run(['audit', 'verify', 'none.ndjson', '--key', 'key.pem'])).code).toBe(2)
    expect((await world.run(['audit', 'verify', 'erased.ndjson', '--key', 'key.pem', '--of', 't_other'])).code).toBe(1)
  })

  it('[AU41 G7] goes on over the death of its node, signed by the same key', async () => {
    let node = await world.serve()
    writeFileSync(path('key.pem'), (await world.run(['audit', 'key'])).stdout)
    await cancelled(2, 'one')
    await exported('before.ndjson', 2)
    await cancelled(1, 'two')
    // Its last entry is sealed or not; the next life seals it.
    node.kill('SIGKILL')
    await node.ended
    node = await world.serve()
    await cancelled(1, 'three')
    await exported('after.ndjson', 4)
    expect((await world.run(['audit', 'verify', 'after.ndjson', '--key', 'key.pem'])).code).toBe(0)
    const chain = (file: string) => readFileSync(path(file), 'utf8').split('\n').slice(0, 4)
    expect(chain('after.ndjson')).toEqual(chain('before.ndjson'))
    expect((await world.run(['audit', 'checkpoint'])).stdout).toMatch(
      /^\{"v":1,"kind":"checkpoint".*"signature":"[0-9a-f]{128}"\}\n$/,
    )
  })
})
