/** Folders that are not opened: each is refused with its kind, and left byte for byte as it was. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openEmbeddedLedger } from '../../src/ledger/embedded/openEmbeddedLedger.js'
import type { RefusalKind } from '../../src/ledger/ledgerRefusal.js'
import { Caller, put } from './opened.js'
import { temporaryFolder } from './temporaryFolder.js'
import { Writer } from './writer.js'

const clock = () => 1_700_000_000_000

/** Names and contents; aside the sockets of those who have it open, and LMDB's list of readers, begun anew at each start. */
async function contents(folder: string): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const found = await stat(join(folder, name))
    if (name === 'pages.mdb-lock') continue
    if (found.isFile()) all[name] = (await readFile(join(folder, name))).toString('base64')
    else if (!found.isSocket()) all[name] = 'folder'
  }
  return all
}

/** A folder with something in its pages and its journal. */
async function used(): Promise<Awaited<ReturnType<typeof temporaryFolder>>> {
  const folder = await temporaryFolder()
  const ledger = await openEmbeddedLedger({ folder: folder.path, clock, journalBytes: 5_000 })
  const caller = new Caller(ledger)
  for (let n = 0; n < 60; n++) await caller.write(put(`r${n}`, { body: new Uint8Array(600) }))
  await ledger.secret('leases')
  await ledger.close()
  return folder
}

const firstJournal = async (folder: string) =>
  (await readdir(folder)).filter((name) => /^journal\.\d/.test(name)).sort()[0] ?? ''

const spoils: readonly (readonly [string, RefusalKind, (folder: string) => Promise<void>])[] = [
  [
    'made by a later version',
    'newer',
    (folder) => writeFile(join(folder, 'ledger.json'), '{"format":99,"generation":"g","shards":1}'),
  ],
  [
    'made by an earlier version',
    'different',
    (folder) => writeFile(join(folder, 'ledger.json'), '{"format":1,"generation":"g","shards":1}'),
  ],
  [
    'made with other shards',
    'different',
    (folder) => writeFile(join(folder, 'ledger.json'), '{"format":2,"generation":"g","shards":3}'),
  ],
  ['whose ledger.json is garbage', 'damaged', (folder) => writeFile(join(folder, 'ledger.json'), '{"format":')],
  ['whose ledger.json is gone', 'damaged', (folder) => rm(join(folder, 'ledger.json'))],
  [
    'of another generation',
    'damaged',
    (folder) => writeFile(join(folder, 'ledger.json'), '{"format":2,"generation":"g","shards":1}'),
  ],
  ['whose pages are gone', 'damaged', (folder) => rm(join(folder, 'pages.mdb'))],
  ['whose pages were cut', 'damaged', (folder) => truncate(join(folder, 'pages.mdb'), 4_096)],
  [
    'whose pages are garbage',
    'damaged',
    async (folder) =>
      writeFile(join(folder, 'pages.mdb'), Buffer.alloc((await stat(join(folder, 'pages.mdb'))).size, 0xa5)),
  ],
  ['whose journal is gone', 'damaged', async (folder) => rm(join(folder, await firstJournal(folder)))],
  ['whose journal is empty', 'damaged', async (folder) => truncate(join(folder, await firstJournal(folder)), 0)],
]

test.each(spoils)('[L60] a folder %s is refused as %s', async (_, kind, spoil) => {
  await using folder = await used()
  await spoil(folder.path)
  const before = await contents(folder.path)
  const refusal = await openEmbeddedLedger({ folder: folder.path, clock }).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ name: 'LedgerRefusal', kind })
  expect(String(refusal)).toContain(folder.path)
  expect(await contents(folder.path)).toEqual(before)
})

test('[L66] a folder is made with those above it, and refused where the system makes none', async () => {
  await using above = await temporaryFolder()
  await (await openEmbeddedLedger({ folder: join(above.path, 'a/b/c'), clock })).close()
  expect((await stat(join(above.path, 'a/b'))).mode & 0o777).toBe(0o700)
  for (const folder of ['/proc/nowhere', '/proc/nowhere/at/all'])
    await expect(openEmbeddedLedger({ folder, clock })).rejects.toMatchObject({
      name: 'LedgerRefusal',
      kind: 'forbidden',
      message: expect.stringContaining('/proc/nowhere'),
    })
})

test('[L61] a folder that another process has open is refused, and can be had once that is killed', async () => {
  await using folder = await temporaryFolder()
  const writer = new Writer(folder.path)
  await writer.until((line) => line === 'open')
  await expect(openEmbeddedLedger({ folder: folder.path, clock })).rejects.toMatchObject({
    name: 'LedgerRefusal',
    kind: 'locked',
  })
  await writer.until((line) => Number(line) > 50)
  await writer.kill()
  const ledger = await openEmbeddedLedger({ folder: folder.path, clock })
  await expect(openEmbeddedLedger({ folder: folder.path, clock })).rejects.toMatchObject({ kind: 'locked' })
  await ledger.close()
  await (await openEmbeddedLedger({ folder: folder.path, clock })).close()
})

test('[L62] of many who come at once, one at most has the folder', async () => {
  await using folder = await temporaryFolder()
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, () => openEmbeddedLedger({ folder: folder.path, clock })),
  )
  const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  expect(opened.length).toBeLessThanOrEqual(1)
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'locked' })
  for (const ledger of opened) await ledger.close()
  await (await openEmbeddedLedger({ folder: folder.path, clock })).close()
})

test('[L63] a folder with a long path can be locked', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'x'.repeat(100), 'y'.repeat(100))
  const ledger = await openEmbeddedLedger({ folder: path, clock })
  await expect(openEmbeddedLedger({ folder: path, clock })).rejects.toMatchObject({ kind: 'locked' })
  await ledger.close()
})

test('[L64] a folder that may not be written is refused, and so is a file in its place', async () => {
  await using folder = await used()
  await chmod(folder.path, 0o555)
  const before = await contents(folder.path)
  expect(await refusalOfOthers(folder.path)).toBe('forbidden')
  expect(await contents(folder.path)).toEqual(before)
  await chmod(folder.path, 0o700)
  const file = join(folder.path, 'ledger.json')
  await expect(openEmbeddedLedger({ folder: file, clock })).rejects.toMatchObject({
    name: 'LedgerRefusal',
    kind: 'forbidden',
  })
})

/** What a process is told that may read the folder and not write it. Who is allowed everything becomes nobody first. */
async function refusalOfOthers(folder: string): Promise<string> {
  const module = fileURLToPath(new URL('../../dist/src/ledger/embedded/openEmbeddedLedger.js', import.meta.url))
  const program = `
    import { openEmbeddedLedger } from ${JSON.stringify(module)}
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
    openEmbeddedLedger({ folder: ${JSON.stringify(folder)}, clock: Date.now }).then(() => console.log('opened'), (error) => console.log(error.kind ?? error))
  `
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name)
    await chmod(path, (await stat(path)).isFile() ? 0o644 : 0o755)
  }
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child, 'exit')
  return said.trim()
}

test('[L65] the folder and what is in it are for their owner alone', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'ledger')
  const ledger = await openEmbeddedLedger({ folder: path, clock })
  await ledger.secret('leases')
  await ledger.close()
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  const [secret = ''] = await readdir(join(path, 'secrets'))
  expect((await stat(join(path, 'secrets', secret))).mode & 0o777).toBe(0o600)
  await writeFile(join(path, 'secrets', secret), 'short')
  const again = await openEmbeddedLedger({ folder: path, clock })
  await expect(again.secret('leases')).rejects.toMatchObject({ name: 'LedgerRefusal', kind: 'damaged' })
  await again.close()
})
