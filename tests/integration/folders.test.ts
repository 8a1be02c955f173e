/**
 * A data folder that can't be used gets a clear refusal to start, which says what to do next, and is left as it was.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ChimeraNode, startNode } from '../../src/main/node.js'
import { program, spawnNode } from './childNode.js'
import { snapshotOf } from './snapshot.js'
import {
  configOf,
  type Flags,
  openAgent,
  openIdleAgent,
  openProducer,
  type SubmittedTask,
  submit,
  submitOne,
  temporaryFolder,
} from './world.js'

const start = (folder: string, flags: Flags = {}): Promise<ChimeraNode> =>
  startNode(configOf(folder, { drainMs: '0', ...flags }))

/** A folder in which a node has worked. */
const usedFolder = async (): Promise<string> => {
  const folder = await temporaryFolder()
  const node = await start(folder)
  const producer = await openProducer(node)
  for (let round = 0; round < 4; round++)
    await submit(producer, ...Array.from({ length: 100 }, () => ({ payload: 'mail' })))
  const agent = await openAgent(node)
  await agent.request('pull', { credits: 1 })
  const { id, lease } = await agent.task()
  await agent.request('result', { task: id, lease, confidence: 1 })
  await node.stop()
  return folder
}

const refusalOf = async (
  folder: string,
  flags: Flags = {},
): Promise<{ readonly kind?: string; readonly message: string }> => {
  const before = await snapshotOf(folder)
  const outcome = await start(folder, flags).catch((error: unknown) => error as Error)
  if (!(outcome instanceof Error)) {
    await outcome.stop()
    throw new Error('it started')
  }
  expect(await snapshotOf(folder)).toEqual(before)
  return outcome
}

/** That it can be used again, with all that was in it. */
const expectUsable = async (folder: string): Promise<void> => {
  const node = await start(folder)
  onTestFinished(() => node.stop())
  const producer = await openProducer(node)
  const outcome = await producer.frame('outcome', { status: 'COMPLETED' })
  expect((await producer.request('get', { task: outcome.task })).task).toMatchObject({ status: 'COMPLETED' })
  await submitOne(producer)
}

test('[G1] a folder that another process has open is refused, and that process goes on', async () => {
  const folder = await usedFolder()
  const node = await spawnNode(folder)
  const outcome = await start(folder).catch((error: unknown) => error)
  expect(outcome).toMatchObject({ kind: 'locked', message: expect.stringContaining('another process has it open') })
  expect(String(outcome)).toContain(folder)
  await submitOne(await openProducer(node))
  await node.kill()
  await expectUsable(folder)
})

test('[G1] of two nodes that start at once in a new folder at most one goes on, and it works', async () => {
  const folder = await temporaryFolder()
  const started = await Promise.allSettled([start(folder), start(folder)])
  const nodes = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  expect(nodes.length).toBeLessThanOrEqual(1)
  for (const outcome of started)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ kind: 'locked' })
  for (const node of nodes) await submitOne(await openProducer(node))
  await Promise.all(nodes.map((node) => node.stop()))
})

test('[G1] a folder of a later version is refused', async () => {
  const folder = await usedFolder()
  const path = join(folder, 'ledger', 'ledger.json')
  const format = JSON.parse(await readFile(path, 'utf8')) as { format: number }
  await writeFile(path, JSON.stringify({ ...format, format: format.format + 1 }))
  expect(await refusalOf(folder)).toMatchObject({ kind: 'newer', message: expect.stringContaining('later version') })
  await writeFile(path, JSON.stringify(format))
  await expectUsable(folder)
})

const newestJournal = async (folder: string): Promise<string> => {
  const names = (await readdir(join(folder, 'ledger'))).filter((name) => /^journal.*\d/.test(name)).sort()
  return join(folder, 'ledger', names.at(-1) ?? 'none')
}

const flipByte = async (path: string, at: number): Promise<void> => {
  const bytes = await readFile(path)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at)
  await writeFile(path, bytes)
}

test.each<readonly [string, (folder: string) => Promise<void>]>([
  [
    'what the folder says of itself is no JSON',
    (folder) => writeFile(join(folder, 'ledger', 'ledger.json'), '{"format":'),
  ],
  ['what the folder says of itself is empty', (folder) => truncate(join(folder, 'ledger', 'ledger.json'))],
  ['the journal has a wrong byte amid its records', async (folder) => flipByte(await newestJournal(folder), 600)],
  ['the journal has lost its head', async (folder) => truncate(await newestJournal(folder), 10)],
  ['the pages are something else', (folder) => writeFile(join(folder, 'ledger', 'pages.mdb'), Buffer.alloc(65_536, 1))],
  ['the secret for tokens was cut', (folder) => truncate(join(folder, 'token-secret'), 20)],
])('[G1] a damaged folder is refused: %s', async (_what, damage) => {
  const folder = await usedFolder()
  await damage(folder)
  expect(await refusalOf(folder)).toMatchObject({ kind: 'damaged', message: expect.stringContaining(folder) })
})

/** Carries out `act` as a user who owns nothing here, where this one is root, who may write everywhere. */
const asNobody = async <T>(folder: string, act: () => Promise<T>): Promise<T> => {
  if (process.getuid?.() !== 0) return act()
  await chown(folder, 65_534, 65_534)
  process.seteuid?.(65_534)
  try {
    return await act()
  } finally {
    process.seteuid?.(0)
  }
}

test('[G1] a folder that may not be written is refused', async () => {
  const folder = await temporaryFolder()
  const data = join(folder, 'data')
  await mkdir(data)
  await chmod(data, 0o555)
  const refusal = await asNobody(folder, () => refusalOf(data))
  expect(refusal).toMatchObject({ kind: 'forbidden', message: expect.stringContaining('choose another folder') })
})

test('[G1] where a file is in the place of the folder, it is refused', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'data'), 'a letter')
  const outcome = await start(join(folder, 'data')).catch((error: unknown) => error)
  expect(outcome).toMatchObject({ kind: 'forbidden', message: expect.stringContaining('choose another folder') })
  expect(await readFile(join(folder, 'data'), 'utf8')).toBe('a letter')
})

test('[G1] a port that is taken is refused, and the folder let go of', async () => {
  const taken = await start(await temporaryFolder())
  onTestFinished(() => taken.stop())
  const folder = await usedFolder()
  const outcome = await start(folder, { port: new URL(taken.url).port }).catch((error: unknown) => error)
  expect(outcome).toMatchObject({ message: expect.stringContaining('in use') })
  await expectUsable(folder)
})

/** A disk that is full, in a name space of its own: gone with its process. Says what is on it in the end. */
const fullDisk = `
  mount -t tmpfs -o size=256k disk "$1" && mkdir "$1/data" && { cat /dev/zero > "$1/filler"; true; } 2> /dev/null
  "$2" "$3" serve --port 0 --log-level silent --data "$1/data"
  echo "exit $?"
  cd "$1/data" && find . -type f -o -type s
`

test('[G1] a full disk is refused in one line, and nothing is left half-written on it', async () => {
  const folder = await temporaryFolder()
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const args = ['--mount', ...asRoot, 'sh', '-c', fullDisk, 'sh', folder, process.execPath, program]
  const child = spawn('unshare', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (part: Buffer) => (said[name] += part.toString()))
  await once(child, 'close')
  expect(said.stderr.trim().split('\n')).toHaveLength(1)
  expect(said.stderr).toContain('make room on its disk')
  expect(said.stdout).toBe('exit 1\n')
})

const diskBytes = 96 * 1_048_576
/** Leaves less than a node wants to have free. */
const fillerBytes = 48 * 1_048_576

test('[G9] on a disk that fills up new tasks are OVERLOADED, what is under way goes on, and room brings all back', async () => {
  const node = await spawnNode(await temporaryFolder(), {}, { diskBytes })
  const producer = await openProducer(node)
  const agent = await openIdleAgent(node)
  const id = await submitOne(producer)
  const { lease } = await agent.task()
  const filler = join(node.data, 'filler')
  await writeFile(filler, Buffer.alloc(fillerBytes))
  const submitUntil = async (isSo: (task: SubmittedTask | undefined) => boolean): Promise<void> => {
    // It looks for room now and then, beside its work.
    for (let round = 0; round < 1_000; round++) if (isSo((await submit(producer, {}))[0])) return
    throw new Error('submitted 1,000 times')
  }
  await submitUntil((task) => task?.error?.code === 'OVERLOADED')
  expect(await agent.request('result', { task: id, lease, confidence: 1 })).toMatchObject({ status: 'COMPLETED' })
  await producer.outcome(id, 'COMPLETED')
  await rm(filler)
  await submitUntil((task) => task?.id !== undefined)
})
