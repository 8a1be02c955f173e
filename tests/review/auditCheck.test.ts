/** Whatever is done to an exported record, whoever has the public key finds it, and is told where it begins. */
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { FaultKind } from '../../src/cli/record/recordFault.js'
import { checkChunks } from '../../src/cli/record/recordFile.js'
import { eraseTexts } from '../../src/review/auditErasure.js'
import { createNotary } from '../../src/tasks/notary.js'
import { genesis, sealEntry, sha256, signedLine } from '../../src/tasks/recordLines.js'
import { dropOldEntries } from '../../src/tasks/recordRetention.js'
import { check, foreignKey, mixed, noon, openRecordWorld, RecordWorld, tenant } from './recordWorld.js'
import { openWorld } from './world.js'

/** A trimmed chain with texts, one of which is erased, and a whole one. */
let lines: readonly string[]
let key: string
/** Of the same key, of another tenant. */
let others: readonly string[]

beforeEach(async () => {
  const record = await openRecordWorld()
  const { world, desk } = record
  await record.put(0, [{ task: 'old' }])
  await record.seal()
  world.now = noon + 5_000
  await record.put(0, mixed)
  await record.put(1, mixed.slice(0, 3))
  await record.put(0, mixed, 't_other')
  await record.seal()
  await world.perform(eraseTexts(desk, { tenant, sub: 'ann' }, '1/3', 'asked'))
  await record.seal()
  await world.perform(dropOldEntries(desk, { shard: 0, epoch: 0 }, noon + 1))
  lines = await record.export()
  others = await record.export('t_other')
  key = record.notary.publicKey
})

const fileOf = (some: readonly string[]): Buffer => Buffer.from(`${some.join('\n')}\n`)

const kindOf = async (file: Buffer): Promise<FaultKind | 'right'> => {
  const checked = await checkChunks([file], key)
  return checked.kind === 'right' ? 'right' : checked.fault.kind
}

/** The line of this kind and entry. */
const at = (kind: string, seq?: number, shard?: number): number => {
  const found = lines.findIndex((text) => {
    const line = JSON.parse(text)
    return (
      line.kind === kind && (seq === undefined || line.seq === seq) && (shard === undefined || line.shard === shard)
    )
  })
  if (found < 0) throw new Error(`no ${kind} ${seq}`)
  return found
}

const without = (...gone: readonly number[]): readonly string[] => lines.filter((_, index) => !gone.includes(index))
const put = (index: number, ...more: readonly string[]): readonly string[] => lines.toSpliced(index, 0, ...more)
const swapped = (a: number, b: number): readonly string[] => lines.with(a, lines[b] ?? '').with(b, lines[a] ?? '')
const line = (index: number): string => lines[index] ?? ''

describe('an exported record', () => {
  test('[AU30] is right as it is, by the public key alone, however it is read', async () => {
    const file = fileOf(lines)
    const summary = { tenant, at: noon + 5_000, entries: 8, chains: 2, erased: 1, dropped: 1, losses: [] }
    expect(new Set(lines.map((one) => JSON.parse(one).kind))).toEqual(
      new Set(['trimmed', 'entry', 'text', 'erased', 'checkpoint']),
    )
    for (const size of [1, 7, 1_000, file.length]) {
      const chunks = Array.from({ length: Math.ceil(file.length / size) }, (_, n) =>
        file.subarray(n * size, (n + 1) * size),
      )
      expect(await checkChunks(chunks, key), `in chunks of ${size}`).toEqual({ kind: 'right', summary })
    }
    expect(check(lines, key, { tenant }).kind).toBe('right')
  })

  test('[AU31] has no byte that can be changed', async () => {
    const file = fileOf(lines)
    for (let byte = 0; byte < file.length; byte++) {
      const changed = Buffer.from(file)
      changed[byte] = (changed[byte] ?? 0) ^ (1 << (byte % 8))
      expect(await kindOf(changed), `byte ${byte}`).not.toBe('right')
    }
  })

  test('[AU32] cannot be cut off anywhere', async () => {
    const file = fileOf(lines)
    for (let length = 0; length < file.length; length += 3) {
      expect(await kindOf(file.subarray(0, length)), `${length} bytes`).not.toBe('right')
    }
    for (let count = 0; count < lines.length; count++) {
      expect(await kindOf(count === 0 ? Buffer.alloc(0) : fileOf(lines.slice(0, count))), `${count} lines`).not.toBe(
        'right',
      )
    }
  })

  test('[AU33] shows whatever is done to its bytes and lines', async () => {
    const file = fileOf(lines)
    const place = fc.nat(file.length - 1)
    const row = fc.nat(lines.length - 1)
    const edit = fc.oneof(
      fc
        .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 40 }))
        .map(([from, bytes]) => Buffer.concat([file.subarray(0, from), bytes, file.subarray(from)])),
      fc
        .tuple(place, fc.integer({ min: 1, max: 3_000 }))
        .map(([from, length]) => Buffer.concat([file.subarray(0, from), file.subarray(from + length)])),
      fc
        .tuple(place, fc.uint8Array({ minLength: 1, maxLength: 8 }))
        .map(([from, bytes]) => Buffer.concat([file.subarray(0, from), bytes, file.subarray(from + bytes.length)])),
      fc.tuple(row, row).map(([a, b]) => fileOf(swapped(a, b))),
      fc.tuple(row, row).map(([a, b]) => fileOf(put(b, line(a)))),
      fc.subarray([...lines.keys()], { minLength: 1 }).map((gone) => fileOf(without(...gone))),
      fc.shuffledSubarray([...lines], { minLength: lines.length }).map(fileOf),
    )
    await fc.assert(
      fc.asyncProperty(edit, async (edited) => {
        fc.pre(!edited.equals(file))
        expect(await kindOf(edited)).not.toBe('right')
      }),
      { numRuns: 2_000 },
    )
  })

  test('[AU34] shows an entry that was changed with all hashes behind it made anew', () => {
    const forged: string[] = []
    let prev: string | undefined
    for (const text of lines) {
      const parsed = JSON.parse(text)
      if (parsed.kind !== 'entry' || parsed.shard !== 0) {
        forged.push(text)
        continue
      }
      const { hash: _, ...rest } = parsed
      const entry = parsed.seq === 3 ? { ...rest.entry, by: 'eve' } : rest.entry
      const body = JSON.stringify({ ...rest, prev: prev ?? rest.prev, entry }).slice(0, -1)
      prev = sha256(body)
      forged.push(`${body},"hash":"${prev}"}`)
    }
    expect(check(forged, key)).toMatchObject({ kind: 'wrong', fault: { kind: 'changed', entry: '0/5' } })
  })

  test('[AU35] tells the first entry that fails, and why', () => {
    const fault = (some: readonly string[]): unknown => {
      const checked = check(some, key)
      return checked.kind === 'wrong' ? [checked.fault.kind, checked.fault.entry] : checked.kind
    }
    const third = at('entry', 3, 0)
    const texts = at('text', 3, 0)
    const erased = at('erased')
    const last = lines.length - 1
    expect(fault(lines.with(third, line(third).replace('"by":"ann"', '"by":"eve"')))).toEqual(['changed', '0/3'])
    expect(fault(lines.with(third, 'nonsense'))).toEqual(['changed', '0/3'])
    expect(fault(lines.with(texts, line(texts).replace('Ada', 'Eve')))).toEqual(['changed', '0/3'])
    expect(fault(without(third, texts))).toEqual(['missing', '0/3'])
    expect(fault(without(texts))).toEqual(['missing', '0/3'])
    expect(fault(without(erased))).toEqual(['missing', '1/3'])
    expect(fault(without(at('trimmed')))).toEqual(['missing', '0/1'])
    expect(fault(put(third, line(at('entry', 2, 0))))).toEqual(['doubled', '0/2'])
    expect(fault(swapped(at('entry', 2, 0), at('entry', 5, 0)))).toEqual(['reordered', '0/2'])
    expect(fault(put(at('entry', 1, 1) + 1, line(texts)))).toEqual(['added', '0/3'])
    expect(fault(put(last + 1, line(last)))).toEqual(['added', undefined])
    expect(fault(lines.slice(0, -1))).toEqual(['cut', undefined])
    expect(fault(without(at('entry', 5, 0)))).toEqual(['cut', '0/5'])
    expect(fault([])).toEqual(['cut', undefined])
    expect(fault(put(third, others[0] ?? ''))).toEqual(['otherTenant', '0/1'])
    expect(fault([...others.slice(0, -1), line(last)])).toEqual(['otherTenant', undefined])
  })

  test('[AU36] is of one key and one tenant', async () => {
    expect(check(others, key)).toMatchObject({ kind: 'right', summary: { tenant: 't_other' } })
    expect(check(others, foreignKey())).toMatchObject({ kind: 'wrong', fault: { kind: 'foreignKey' } })
    expect(check(lines, foreignKey())).toMatchObject({ kind: 'wrong', fault: { line: 1, kind: 'changed' } })
    expect(check(others, key, { tenant })).toMatchObject({ kind: 'wrong', fault: { kind: 'otherTenant', line: 1 } })
    expect(() => check(lines, 'no key')).toThrow()
  })

  test('[AU37] is found where a checkpoint of another key stands under it', () => {
    const { signature: _, ...fields } = JSON.parse(line(lines.length - 1))
    const forger = createNotary(new Uint8Array(32).fill(9), () => 'g1')
    const cut = without(at('entry', 5, 0))
    const [first, second] = fields.chains
    const chains = [{ ...first, seq: 4, head: JSON.parse(line(at('entry', 4, 0))).hash }, second]
    const forged = signedLine(forger, { ...fields, chains })
    expect(check([...cut.slice(0, -1), forged], key)).toMatchObject({ kind: 'wrong', fault: { kind: 'changed' } })
    const renamed = signedLine(forger, { ...fields, chains, key: forger.fingerprint })
    expect(check([...cut.slice(0, -1), renamed], key)).toMatchObject({ kind: 'wrong', fault: { kind: 'foreignKey' } })
  })

  test('[AU39] is held against checkpoints that were kept: an older one shows, and one that was made anew', async () => {
    const record = await openRecordWorld()
    await record.put(0, mixed)
    await record.seal()
    const old = await record.export()
    await record.put(0, [{ task: 'later' }])
    await record.seal()
    const recent = await record.export()
    const kept = `${old.at(-1)}\n${recent.at(-1)}\n`
    expect(record.check(recent, { kept })).toMatchObject({ kind: 'right', summary: { entries: 5 } })
    expect(record.check(old)).toMatchObject({ kind: 'right' })
    expect(record.check(old, { kept })).toMatchObject({ kind: 'wrong', fault: { kind: 'cut', entry: '0/5' } })

    // By the same key, another history in the same generation.
    const [head] = JSON.parse(recent.at(-1) ?? '').chains
    const generation = head.generation
    const place = (seq: number) => ({ tenant, shard: 0, generation, seq })
    const forged: string[] = []
    let prev = genesis
    for (let seq = 1; seq <= 5; seq++) {
      const entry = { at: noon, kind: 'cancelled', by: 'eve' } as const
      const one = sealEntry(place(seq), entry, { prev, sealedAt: noon, newSalt: () => 'salt' })
      forged.push(one.line)
      prev = one.hash
    }
    const { signature: _, ...fields } = JSON.parse(recent.at(-1) ?? '')
    forged.push(signedLine(record.notary, { ...fields, chains: [{ ...head, head: prev }] }))
    expect(record.check(forged)).toMatchObject({ kind: 'right' })
    expect(record.check(forged, { kept })).toMatchObject({ kind: 'wrong', fault: { kind: 'changed', entry: '0/4' } })
    expect(() => record.check(recent, { kept: kept.replace('"at"', '"au"') })).toThrow('line 1 is no checkpoint')
    expect(() => record.check(recent, { kept: 'x' })).toThrow('line 1 is no checkpoint')
  })

  test('[AU38] that a tenant without entries has is its checkpoint', async () => {
    const empty = new RecordWorld(await openWorld())
    const exported = await empty.export()
    expect(exported).toHaveLength(1)
    expect(empty.check(exported)).toMatchObject({ kind: 'right', summary: { entries: 0, chains: 0 } })
  })
})
