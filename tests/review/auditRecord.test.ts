/** The record: how entries are sealed, what is kept apart from them, what is dropped and erased. */
import { describe, expect, test } from 'vitest'
import { eraseTexts } from '../../src/review/auditErasure.js'
import { auditRequests } from '../../src/review/auditRequests.js'
import { readAudit } from '../../src/review/auditTrail.js'
import { auditWrites } from '../../src/tasks/entries.js'
import { auditLog, chainKey, sealedLog, textsKey } from '../../src/tasks/keys.js'
import { genesis, sha256 } from '../../src/tasks/recordLines.js'
import { dropOldEntries } from '../../src/tasks/recordRetention.js'
import { sealRecord } from '../../src/tasks/sealing.js'
import { mixed, noon, openRecordWorld, type RecordWorld, tenant } from './recordWorld.js'

const ann = { tenant, sub: 'ann' }
const duty = { shard: 0, epoch: 0 }

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, n) => ({ task: `t${from + n}` }))

const tasksOf = async (record: RecordWorld, shard = 0, of = tenant): Promise<unknown[]> =>
  (await record.sealed(shard, of)).map(({ entry }) => entry.task)

describe('sealing', () => {
  test('[AU1] makes a chain of what waits, in its order: each has a number, and the hash of the one before', async () => {
    const record = await openRecordWorld()
    await record.put(0, numbered(3))
    await record.put(1, numbered(1))
    expect(await record.seal()).toBe(4)
    const chain = await record.sealed(0)
    expect(chain.map(({ seq, entry }) => [seq, entry.task])).toEqual([
      [1, 't0'],
      [2, 't1'],
      [3, 't2'],
    ])
    expect(chain.map(({ prev }) => prev)).toEqual([genesis, chain[0]?.hash, chain[1]?.hash])
    expect(chain[0]).toMatchObject({
      v: 1,
      kind: 'entry',
      tenant,
      shard: 0,
      generation: expect.stringMatching(/^g1\.\w+$/),
      sealedAt: noon,
    })
    expect(await record.waiting(0)).toBe(0)
    await record.put(0, numbered(1, 3))
    expect(await record.seal()).toBe(1)
    expect((await record.sealed(0)).at(-1)).toMatchObject({ seq: 4, prev: chain[2]?.hash, entry: { task: 't3' } })
    expect(await record.seal()).toBe(0)
  })

  test('[AU2 G7] an owner that was replaced seals nothing', async () => {
    const record = await openRecordWorld()
    await record.put(0, numbered(2))
    await record.world.commit(0, [{ guards: [], writes: [{ kind: 'raise', epoch: 5 }] }])
    expect((await record.world.perform(sealRecord(record.desk, { shard: 0, epoch: 4 }))).sealed).toBe(0)
    expect(await record.waiting(0)).toBe(2)
    expect((await record.world.perform(sealRecord(record.desk, { shard: 0, epoch: 5 }))).sealed).toBe(2)
  })

  test('[AU3 G7] of two who seal at once one does; the chain has each entry once', async () => {
    const record = await openRecordWorld()
    await record.put(0, numbered(5))
    const { world, desk } = record
    const finish = await world.performUntil(sealRecord(desk, duty), ({ kind }) => kind === 'commit')
    expect((await world.perform(sealRecord(desk, duty))).sealed).toBe(5)
    expect((await finish()).sealed).toBe(0)
    expect(await tasksOf(record)).toEqual(['t0', 't1', 't2', 't3', 't4'])
    expect(record.check(await record.export())).toMatchObject({ kind: 'right', summary: { entries: 5 } })
  })

  test('[AU4 G7] whatever it dies between, and whatever comes meanwhile, the next round seals the rest', async () => {
    for (let calls = 1; calls <= 12; calls++) {
      const record = await openRecordWorld()
      await record.put(0, numbered(3))
      let left = calls
      // It dies there: what it would have done is never done.
      await record.world.performUntil(sealRecord(record.desk, duty), () => left-- === 0)
      await record.put(0, numbered(1, 3))
      await record.seal()
      expect(await tasksOf(record), `${calls} calls`).toEqual(['t0', 't1', 't2', 't3'])
      expect(await record.waiting(0)).toBe(0)
    }
  })

  test('[AU4] what comes between any two of its calls is sealed by the next round at the latest', async () => {
    for (let calls = 0; calls <= 12; calls++) {
      const record = await openRecordWorld()
      await record.put(0, numbered(3))
      let left = calls
      const finish = await record.world.performUntil(sealRecord(record.desk, duty), () => left-- === 0)
      await record.put(0, numbered(1, 3))
      await finish()
      await record.seal()
      expect(await tasksOf(record), `after ${calls} calls`).toEqual(['t0', 't1', 't2', 't3'])
    }
  })

  test('[AU5] a flood of one tenant is sealed in rounds, and does not keep another waiting', async () => {
    const record = await openRecordWorld()
    const flood = { kind: 'cancelled', at: noon, by: 'a' } as const
    for (let some = 0; some < 25; some++) {
      const transactions = numbered(100, some * 100).map((entry) => ({
        guards: [],
        writes: auditWrites(tenant, { ...flood, ...entry }),
      }))
      await record.world.commit(0, transactions)
    }
    await record.put(0, numbered(1), 't_other')
    const first = await record.world.perform(sealRecord(record.desk, duty))
    expect(first.hasMore).toBe(true)
    expect(await tasksOf(record, 0, 't_other')).toEqual(['t0'])
    const second = await record.world.perform(sealRecord(record.desk, duty))
    expect(second.hasMore).toBe(false)
    expect(await tasksOf(record)).toEqual(numbered(2_500).map(({ task }) => task))
    expect(record.check(await record.export())).toMatchObject({ kind: 'right', summary: { entries: 2_500 } })
  })

  test('[AU6] an entry that cannot be read is sealed as that, and keeps none behind it waiting', async () => {
    const record = await openRecordWorld()
    const bytes = Buffer.from('{"at":')
    await record.put(0, numbered(1))
    await record.world.commit(0, [{ guards: [], writes: [{ kind: 'append', log: auditLog(tenant), entry: bytes }] }])
    await record.put(0, numbered(1, 1))
    expect(await record.seal()).toBe(3)
    expect((await record.sealed(0))[1]?.entry).toEqual({
      at: noon,
      kind: 'unreadable',
      by: 'node',
      sha256: sha256(bytes),
    })
    expect(record.check(await record.export())).toMatchObject({ kind: 'right' })
  })

  test('[AU7 G8] tenants have chains of their own', async () => {
    const record = await openRecordWorld()
    await record.put(0, numbered(2))
    await record.put(0, numbered(1), 't_other')
    await record.seal()
    expect((await record.sealed(0, 't_other')).map(({ seq, prev }) => [seq, prev])).toEqual([[1, genesis]])
    expect((await record.export('t_other')).join()).not.toContain(tenant)
  })
})

describe('what was written freely', () => {
  test('[AU10] stands beside its entry, which has a salted hash of it; a hold keeps its reason', async () => {
    const record = await openRecordWorld()
    await record.put(0, mixed)
    await record.seal()
    const chain = await record.sealed(0)
    expect(JSON.stringify(chain)).not.toMatch(/Ada|7946/)
    expect(chain[0]?.entry.reason).toBe('PII')
    expect(chain[0]?.texts).toBeUndefined()
    expect(Object.keys(chain[2]?.texts ?? {})).toEqual(['reason', 'note'])
    const lines = await record.export()
    const texts = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'text')
    expect(texts.map(({ field, text }) => [field, text])).toEqual([
      ['reason', 'Ada lives in Łódź – no'],
      ['reason', 'Ada asked'],
      ['note', 'call +44 20 7946 0000'],
    ])
    expect(new Set(texts.map(({ salt }) => salt)).size).toBe(3)
    expect(chain[1]?.texts?.reason).toBe(sha256(lines[2] ?? ''))
  })

  test('[AU11] can be erased: the text is gone, the chain still proves itself, and the erasure is on record', async () => {
    const record = await openRecordWorld()
    await record.put(0, mixed)
    await record.seal()
    record.world.now = noon + 1_000
    expect(await record.world.perform(eraseTexts(record.desk, ann, '0/3', 'request of Ada'))).toEqual({
      kind: 'erased',
      isNew: true,
    })
    await record.seal()
    const lines = await record.export()
    expect(lines.join()).not.toMatch(/Ada asked|7946/)
    expect(lines.join()).toContain('Ada lives')
    expect(record.check(lines)).toMatchObject({ kind: 'right', summary: { entries: 5, erased: 1 } })
    const [kept] = await record.world.ledger.read(0, [textsKey(tenant, 3)])
    expect(JSON.stringify(kept)).not.toMatch(/Ada|7946/)
    expect((await record.sealed(0)).at(-1)?.entry).toEqual({
      at: noon + 1_000,
      kind: 'erased',
      by: 'ann',
      entry: '0/3',
      fields: ['reason', 'note'],
    })
  })

  test('[AU12] is erased once, whoever asks again or at once', async () => {
    const record = await openRecordWorld()
    await record.put(0, mixed)
    await record.seal()
    const { world, desk } = record
    const finish = await world.performUntil(eraseTexts(desk, ann, '0/2', undefined), ({ kind }) => kind === 'commit')
    expect(await world.perform(eraseTexts(desk, ann, '0/2', undefined))).toEqual({ kind: 'erased', isNew: true })
    expect(await finish()).toEqual({ kind: 'erased', isNew: false })
    await record.seal()
    expect((await record.sealed(0)).filter(({ entry }) => entry.kind === 'erased')).toHaveLength(1)
  })

  test('[AU13 G8] is erased by admins alone, of an entry of theirs that has one', async () => {
    const record = await openRecordWorld()
    await record.put(0, mixed)
    await record.put(1, mixed)
    const requests = auditRequests(record.desk)
    const erase = (entry: string, { of = tenant, roles = ['admin'] }: { of?: string; roles?: 'admin'[] } = {}) =>
      record.world.perform(
        requests.eraseAudit({ tenant: of, sub: 'ann', roles }, { type: 'eraseAudit', id: 1, entry }, noon),
      )
    const none = { kind: 'error', code: 'NOT_FOUND' }
    expect(await erase('0/2'), 'not sealed yet').toMatchObject(none)
    await record.seal()
    expect(await erase('0/2', { roles: [] })).toMatchObject({ kind: 'error', code: 'FORBIDDEN' })
    expect(await erase('0/2', { of: 't_other' })).toMatchObject(none)
    for (const entry of ['0/1', '0/9', '7/2', '99999/2']) expect(await erase(entry), entry).toMatchObject(none)
    expect(await record.waiting(0)).toBe(0)
    expect(await erase('0/2')).toMatchObject({ kind: 'ack', fields: { changed: true } })
    expect(await erase('0/2')).toMatchObject({ kind: 'ack', fields: { changed: false } })
  })
})

describe('the front of a chain', () => {
  test('[AU14] is dropped by retention with a signed note, as often as it takes; the rest proves itself', async () => {
    const record = await openRecordWorld()
    const { world, desk } = record
    await record.put(0, mixed)
    await record.seal()
    world.now = noon + 5_000
    await record.put(0, numbered(2))
    await record.seal()
    expect(await world.perform(dropOldEntries(desk, duty, noon))).toBe(0)
    expect(await world.perform(dropOldEntries(desk, duty, noon + 1))).toBe(4)
    expect((await record.export()).map((line) => JSON.parse(line).kind)).toEqual([
      'trimmed',
      'entry',
      'entry',
      'checkpoint',
    ])
    expect(record.check(await record.export())).toMatchObject({ kind: 'right', summary: { entries: 2, dropped: 4 } })
    expect(await world.ledger.read(0, [textsKey(tenant, 2), textsKey(tenant, 3)])).toEqual([null, null])
    expect(await world.perform(dropOldEntries(desk, duty, noon + 9_000))).toBe(2)
    expect(record.check(await record.export())).toMatchObject({ kind: 'right', summary: { entries: 0, dropped: 6 } })
    await record.put(0, numbered(1))
    await record.seal()
    expect((await record.sealed(0))[0]?.seq).toBe(7)
    expect(record.check(await record.export())).toMatchObject({ kind: 'right', summary: { entries: 1, dropped: 6 } })
  })

  test('[AU15] is dropped by its owner alone, and what is not sealed stays', async () => {
    const record = await openRecordWorld()
    await record.put(0, numbered(2))
    expect(await record.world.perform(dropOldEntries(record.desk, duty, noon + 9_000))).toBe(0)
    await record.seal()
    expect(await record.world.perform(dropOldEntries(record.desk, { shard: 0, epoch: 3 }, noon + 9_000))).toBe(0)
    expect(await tasksOf(record)).toEqual(['t0', 't1'])
  })

  test('[AU16] may go while it is exported: what is left proves itself', async () => {
    const record = await openRecordWorld()
    await record.put(0, numbered(3))
    await record.seal()
    record.world.now = noon + 5_000
    await record.put(0, numbered(2, 3))
    await record.seal()
    const before = await record.export()
    await record.world.perform(dropOldEntries(record.desk, duty, noon + 1))
    const later = await record.export()
    // The lines of later under the checkpoint of before.
    expect(record.check([...later.slice(0, -1), before.at(-1) ?? ''])).toMatchObject({
      kind: 'right',
      summary: { entries: 2, dropped: 3 },
    })
  })
})

describe('a ledger that lost what it had', () => {
  test('[AU17] all of it: the chain begins anew as another one, whether the loss was noticed or not', async () => {
    for (const generation of ['g1', 'g2']) {
      const record = await openRecordWorld()
      await record.put(0, numbered(3))
      await record.seal()
      const [lost] = await record.sealed(0)
      const { entries } = await record.world.ledger.log(0, sealedLog(tenant), { limit: 10 })
      await record.world.commit(0, [
        {
          guards: [],
          writes: [
            { kind: 'trim', log: sealedLog(tenant), upTo: entries.at(-1)?.id ?? '' },
            { kind: 'drop', record: chainKey(tenant) },
          ],
        },
      ])
      record.generation = generation
      await record.put(0, numbered(1))
      await record.seal()
      const chain = await record.sealed(0)
      expect(chain.map(({ seq, prev }) => [seq, prev])).toEqual([[1, genesis]])
      expect(chain[0]?.generation).toMatch(`${generation}.`)
      expect(chain[0]?.generation).not.toBe(lost?.generation)
      expect(record.check(await record.export())).toMatchObject({ kind: 'right', summary: { entries: 1, losses: [] } })
    }
  })

  test('[AU18] some of it: the chain goes on in the next generation, and a check tells where', async () => {
    const record = await openRecordWorld()
    await record.put(0, numbered(1))
    await record.seal()
    await record.put(0, numbered(1, 1))
    await record.seal()
    record.generation = 'g2'
    await record.put(0, numbered(1, 2))
    await record.seal()
    const generations = (await record.sealed(0)).map(({ generation }) => generation)
    expect(generations.map((one) => one.split('.')[0])).toEqual(['g1', 'g1', 'g2'])
    expect(generations[1]).toBe(generations[0])
    expect(record.check(await record.export())).toMatchObject({ kind: 'right', summary: { losses: ['0/3'] } })
  })
})

describe('the audit log', () => {
  test('[AU19] shows number and hash of what is sealed, with its texts, and which were erased', async () => {
    const record = await openRecordWorld()
    await record.put(0, mixed.slice(0, 3))
    await record.seal()
    await record.put(0, mixed.slice(3))
    await record.world.perform(eraseTexts(record.desk, ann, '0/2', undefined))
    const page = await record.world.perform(readAudit(2, tenant, undefined, 50))
    const [first] = await record.sealed(0)
    expect(page?.entries[0]).toMatchObject({ id: '0/1', seq: 1, shard: 0, hash: first?.hash, reason: 'PII' })
    expect(page?.entries[1]).toMatchObject({ id: '0/2', erased: ['reason'] })
    expect(page?.entries[1]).not.toHaveProperty('reason')
    expect(page?.entries[2]).toMatchObject({ id: '0/3', reason: 'Ada asked', note: 'call +44 20 7946 0000' })
    expect(page?.entries[3]).toMatchObject({ id: '0/4', kind: 'staleResult' })
    expect(page?.entries[3]).not.toHaveProperty('hash')
  })

  test('[AU20] has each entry once under its number, by any pages, while entries come, are sealed and dropped', async () => {
    for (const limit of [1, 2, 3, 7]) {
      const record = await openRecordWorld()
      await record.put(0, numbered(4))
      await record.put(1, numbered(3, 100))
      const seen: string[] = []
      let cursor: string | undefined
      let round = 0
      do {
        const page = await record.world.perform(readAudit(2, tenant, cursor, limit))
        seen.push(...(page?.entries ?? []).map(({ id, task }) => `${id} ${task}`))
        cursor = page?.cursor
        round++
        if (round === 1) await record.seal()
        if (round === 2) await record.put(0, numbered(2, 4))
        if (round === 3) await record.seal()
      } while (cursor !== undefined)
      expect(new Set(seen).size, `pages of ${limit}`).toBe(seen.length)
      const first = ['0/1 t0', '0/2 t1', '0/3 t2', '0/4 t3', '1/1 t100', '1/2 t101', '1/3 t102']
      expect(
        first.filter((one) => !seen.includes(one)),
        `pages of ${limit}`,
      ).toEqual([])
    }
  })

  test('[AU21] skips nothing that is sealed between two of its own reads', async () => {
    for (let calls = 0; calls < 8; calls++) {
      const record = await openRecordWorld()
      await record.put(0, numbered(3))
      let left = calls
      const finish = await record.world.performUntil(readAudit(2, tenant, undefined, 50), () => left-- === 0)
      await record.seal()
      const page = await finish()
      expect(
        page?.entries.map(({ id, task }) => `${id} ${task}`),
        `after ${calls} calls`,
      ).toEqual(['0/1 t0', '0/2 t1', '0/3 t2'])
    }
  })
})
