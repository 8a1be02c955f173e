/** What is left after a crash, and without room: a process that writes, killed at any moment. */
import { open, readdir, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbeddedLedger } from '../../src/ledger/embedded/openEmbeddedLedger.js'
import { Caller, put } from './opened.js'
import { temporaryFolder } from './temporaryFolder.js'
import { expectWhole, Writer } from './writer.js'

const clock = () => 1_700_000_000_000

async function journals(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^journal\.\d+$/.test(name)).sort()
}

test.each([
  ['in the journal', 1 << 24],
  ['while the pages take over', 40_000],
])(
  '[L50] a process killed at any moment loses nothing acknowledged, and leaves nothing half-done (%s)',
  async (_, journalBytes) => {
    await using folder = await temporaryFolder()
    let acknowledged = -1
    for (const lines of [1, 7, 30, 61, 120]) {
      const writer = new Writer(folder.path, { journalBytes })
      let left = lines
      await writer.until(() => left-- === 0)
      await writer.kill()
      acknowledged = Math.max(acknowledged, writer.acknowledged)
      const ledger = await openEmbeddedLedger({ folder: folder.path, clock, journalBytes })
      await expectWhole(ledger, acknowledged)
      await ledger.close()
    }
  },
)

test('[L51] without room a call is refused or its outcome unknown; once there is some, service goes on and nothing is lost', async () => {
  await using folder = await temporaryFolder()
  const writer = new Writer(folder.path, { journalBytes: 100_000, fileMaxBytes: 1_400_000 })
  await writer.until((line) => line === 'full')
  const before = writer.acknowledged
  await writer.makeRoom()
  await writer.until((line) => Number(line) > before + 400)
  await writer.kill()
  const ledger = await openEmbeddedLedger({ folder: folder.path, clock })
  await expectWhole(ledger, writer.acknowledged)
  await ledger.close()
})

test('[L52] with little room what only adds is refused and takes no seq; what drains goes on', async () => {
  await using folder = await temporaryFolder()
  let ledger = await openEmbeddedLedger({ folder: folder.path, clock })
  const entry = await new Caller(ledger).enqueue('l', 'r')
  await ledger.close()
  ledger = await openEmbeddedLedger({ folder: folder.path, clock, leastRoomBytes: Number.MAX_SAFE_INTEGER })
  const caller = new Caller(ledger, 'n2')
  await caller.claim({ lanes: [{ lane: 'l', share: 1 }] })
  const adds = {
    guards: [],
    writes: [put('s', {}), { kind: 'enqueue', lane: 'l', record: 's', idInto: 'entry' } as const],
  }
  expect(await ledger.commit(0, 'n2', 1, [adds])).toEqual({ kind: 'full' })
  expect(await ledger.read(0, ['s'])).toEqual([null])
  await caller.write({ kind: 'settle', lane: 'l', entry }, { kind: 'append', log: 'log', entry: new Uint8Array(9) })
  expect(caller.seq).toBe(1)
  await ledger.close()
})

test('[L53] a record that was cut off at the end of the journal was never acknowledged, and what comes next is kept', async () => {
  await using folder = await temporaryFolder()
  let ledger = await openEmbeddedLedger({ folder: folder.path, clock })
  await new Caller(ledger).write(put('a', { n: 1 }))
  await ledger.close()
  const path = join(folder.path, (await journals(folder.path)).at(-1) ?? '')
  const bytes = await readFile(path)
  const last = bytes.lastIndexOf('CHJ1')
  const cut = last + 12 + bytes.readUInt32LE(last + 4) - 3
  await truncate(path, cut)
  ledger = await openEmbeddedLedger({ folder: folder.path, clock })
  expect(await ledger.read(0, ['a'])).toEqual([null])
  await new Caller(ledger, 'n2').write(put('b', { n: 2 }))
  await ledger.close()
  ledger = await openEmbeddedLedger({ folder: folder.path, clock })
  expect(await ledger.read(0, ['a', 'b'])).toEqual([null, { n: 2 }])
  await ledger.close()
})

test('[L54] a journal in the middle of which a byte changed is damage', async () => {
  await using folder = await temporaryFolder()
  const ledger = await openEmbeddedLedger({ folder: folder.path, clock })
  const caller = new Caller(ledger)
  for (let n = 0; n < 10; n++) await caller.write(put('a', { n }))
  await ledger.close()
  const path = join(folder.path, (await journals(folder.path)).at(-1) ?? '')
  const file = await open(path, 'r+')
  await file.write(Buffer.from([0xee]), 0, 1, 300)
  await file.close()
  await expect(openEmbeddedLedger({ folder: folder.path, clock })).rejects.toMatchObject({
    name: 'LedgerRefusal',
    kind: 'damaged',
  })
})

test('[L55] files of the journal are written over once the pages have taken over: the folder does not grow by it', async () => {
  await using folder = await temporaryFolder()
  const ledger = await openEmbeddedLedger({ folder: folder.path, clock, journalBytes: 10_000 })
  const caller = new Caller(ledger)
  for (let n = 0; n < 200; n++) await caller.write(put('a', { n, body: new Uint8Array(1_000) }))
  await ledger.close()
  const names = (await readdir(folder.path)).filter((name) => name.startsWith('journal.'))
  expect(names.length).toBeLessThanOrEqual(3)
  for (const name of names) expect((await stat(join(folder.path, name))).size).toBeLessThan(3 << 20)
})
