/** Guards and writes, each way. */
import { expect, test } from 'vitest'
import type { Guard, Scalar } from '../../src/ledger/port.js'
import { Caller, type OpenLedger, put } from './opened.js'

const long = new Uint8Array(1_500_000).map((_, at) => at % 251)

export function writeContract(open: OpenLedger): void {
  test('[L10] guards hold and fail as they say', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    const entry = await caller.enqueue('l', 'e')
    await caller.enqueue('l', 'f')
    await caller.claim({ lanes: [{ lane: 'l', share: 1 }] })
    await caller.write(put('r', { n: 3, t: 'text', b: new Uint8Array([1, 2]), yes: true, long }))
    const holds: Guard[] = [
      { kind: 'absent', record: 'none' },
      { kind: 'equals', record: 'r', field: 'n', value: 3 },
      { kind: 'equals', record: 'r', field: 't', value: 'text' },
      { kind: 'equals', record: 'r', field: 'b', value: new Uint8Array([1, 2]) },
      { kind: 'equals', record: 'r', field: 'long', value: long },
      { kind: 'equals', record: 'r', field: 'yes', value: true },
      { kind: 'equals', record: 'r', field: 'none', value: null },
      { kind: 'equals', record: 'none', field: 'n', value: null },
      { kind: 'below', record: 'r', field: 'n', n: 4 },
      { kind: 'below', record: 'r', field: 'none', n: -9 },
      { kind: 'below', record: 'none', field: 'n', n: -9 },
      { kind: 'holds', lane: 'l', entry },
      { kind: 'holds', lane: 'l', entry, holder: 'n1.a' },
      { kind: 'pending', lane: 'l', entry },
      { kind: 'epoch', n: 0 },
      { kind: 'atMost', lane: 'l', n: 2 },
      { kind: 'atMost', lane: 'none', n: 0 },
    ]
    for (const guard of holds) expect([guard, await caller.attempt([guard])]).toEqual([guard, 'done'])
    const fails: Guard[] = [
      { kind: 'absent', record: 'r' },
      { kind: 'equals', record: 'r', field: 'n', value: 4 },
      { kind: 'equals', record: 'r', field: 'n', value: '3' },
      { kind: 'equals', record: 'r', field: 'n', value: null },
      { kind: 'equals', record: 'r', field: 'b', value: new Uint8Array([1]) },
      { kind: 'equals', record: 'r', field: 'constructor', value: 'text' },
      { kind: 'equals', record: 'none', field: 'n', value: 0 },
      { kind: 'below', record: 'r', field: 'n', n: 3 },
      { kind: 'below', record: 'r', field: 't', n: 3 },
      { kind: 'holds', lane: 'l', entry, holder: 'n2' },
      { kind: 'holds', lane: 'other', entry },
      { kind: 'pending', lane: 'other', entry },
      { kind: 'pending', lane: 'l', entry: 'none' },
      { kind: 'epoch', n: 1 },
      { kind: 'atMost', lane: 'l', n: 1 },
    ]
    for (const guard of fails) {
      expect(await caller.commit({ guards: [holds[0] ?? guard, guard], writes: [put('w', {})] })).toEqual([
        { kind: 'refused', guard },
      ])
    }
    expect(await world.ledger.read(0, ['w'])).toEqual([null])
  })

  test('[L11] put sets fields and leaves the others; null removes; add begins at 0; drop takes all', async () => {
    await using world = await open()
    let { ledger } = world
    const caller = new Caller(ledger)
    await caller.write(put('r', { a: 1, b: 'x', c: true }), put('other', { a: 1 }))
    await caller.write(put('r', { a: 2, b: null, d: '' }), { kind: 'add', record: 'r', field: 'n', n: -2.5 })
    await caller.write(
      { kind: 'drop', record: 'other' },
      { kind: 'add', record: 'new', field: 'n', n: 1 },
      put('empty', {}),
    )
    const expected = [{ a: 2, c: true, d: '', n: -2.5 }, null, { n: 1 }, {}]
    expect(await ledger.read(0, ['r', 'other', 'new', 'empty'])).toEqual(expected)
    ledger = (await world.reopen?.()) ?? ledger
    expect(await ledger.read(0, ['r', 'other', 'new', 'empty'])).toEqual(expected)
  })

  test('[L12] a field may have a name that objects know, and numbers for names', async () => {
    await using world = await open()
    let { ledger } = world
    const caller = new Caller(ledger)
    await caller.write(
      { kind: 'add', record: 'r', field: 'constructor', n: 1 },
      { kind: 'add', record: 'r', field: '1', n: 2 },
    )
    await caller.write({ kind: 'add', record: 'r', field: 'toString', n: 3 })
    expect(await ledger.read(0, ['r'])).toEqual([{ constructor: 1, '1': 2, toString: 3 }])
    ledger = (await world.reopen?.()) ?? ledger
    expect(await ledger.read(0, ['r'])).toEqual([{ constructor: 1, '1': 2, toString: 3 }])
  })

  test('[L13] values come back as they were: bytes of any length, texts, numbers', async () => {
    await using world = await open()
    let { ledger } = world
    const values: Scalar[] = [
      new Uint8Array(),
      new Uint8Array([0, 255, 128, 10, 13]),
      new Uint8Array(1_025).fill(200),
      long,
      'ü\u{1f600}\0\n',
      'x'.repeat(100_000),
      Number.MAX_SAFE_INTEGER,
      -1.5e-300,
      2 ** 32,
      -(2 ** 40),
      0,
      false,
    ]
    const caller = new Caller(ledger)
    await caller.write(put('r', Object.fromEntries(values.map((value, at) => [`f${at}`, value]))))
    await caller.write(put('r', { status: 'changed' }))
    const check = async () => {
      const [record] = await ledger.read(0, ['r'])
      expect(Object.keys(record ?? {}).length).toBe(values.length + 1)
      for (const [at, value] of values.entries()) {
        const found = record?.[`f${at}`]
        if (value instanceof Uint8Array) expect(Buffer.compare(value, found as Uint8Array)).toBe(0)
        else expect(found).toBe(value)
      }
    }
    await check()
    ledger = (await world.reopen?.()) ?? ledger
    await check()
  })

  test('[L14] what a caller does with its bytes afterwards changes nothing', async () => {
    await using world = await open()
    const bytes = new Uint8Array([1, 2, 3])
    const longer = new Uint8Array(5_000)
    const done = new Caller(world.ledger).write(put('r', { bytes, longer }), { kind: 'append', log: 'l', entry: bytes })
    bytes.fill(9)
    longer.fill(9)
    await done
    const [record] = await world.ledger.read(0, ['r'])
    expect(Buffer.compare(record?.bytes as Uint8Array, new Uint8Array([1, 2, 3]))).toBe(0)
    expect(Buffer.compare(record?.longer as Uint8Array, new Uint8Array(5_000))).toBe(0)
    const { entries } = await world.ledger.log(0, 'l', { limit: 1 })
    expect(entries.map(({ entry }) => [...entry])).toEqual([[1, 2, 3]])
  })

  test('[L15] a text with half a character is kept as the text without it', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    await caller.write(put('r', { t: 'a\ud800b' }))
    expect(await world.ledger.read(0, ['r'])).toEqual([{ t: 'a\ufffdb' }])
    expect(await caller.attempt([{ kind: 'equals', record: 'r', field: 't', value: 'a\ud800b' }])).toBe('done')
  })

  test('[L16] names have any characters and up to 512 bytes, and do not run into each other', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    const names = ['a', 'a\0', 'a\0b', 'ü'.repeat(256), 'x'.repeat(512), '\u{1f600}', '/', ' ', '\uffff']
    for (const [at, name] of names.entries()) {
      await caller.write(
        put(name, { at }),
        { kind: 'index', set: name, member: name, score: at },
        { kind: 'append', log: name, entry: new Uint8Array([at]) },
        { kind: 'enqueue', lane: name, record: name, idInto: 'entry' },
      )
    }
    const ledger = (await world.reopen?.()) ?? world.ledger
    for (const [at, name] of names.entries()) {
      expect((await ledger.read(0, [name]))[0]).toMatchObject({ at })
      expect((await ledger.range(0, name, { limit: 9 })).members).toEqual([{ member: name, score: at }])
      expect((await ledger.log(0, name, { limit: 9 })).entries.map(({ entry }) => entry[0])).toEqual([at])
      expect((await ledger.ready(0, name)).map(({ lane }) => lane)).toContain(name)
    }
  })

  test('[L67] an entry’s id goes into its field whatever the same transaction put there, and other fields go', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    await caller.enqueue('q', 'r', { agent: 'a', until: 5 })
    await caller.write(
      put('r', { entry: null, until: null, agent: null, status: 'QUEUED' }),
      { kind: 'enqueue', lane: 'q', record: 'r', idInto: 'entry' },
      put('s', { seen: true }),
    )
    const [fields, other] = await world.ledger.read(0, ['r', 's'])
    expect(fields).toEqual({ id: 'r', status: 'QUEUED', entry: expect.any(String) })
    expect(other).toEqual({ seen: true })
  })

  test('[L17] withdraw takes an entry away, waiting or pending, and does nothing where it is gone', async () => {
    await using world = await open()
    const { ledger } = world
    const caller = new Caller(ledger)
    const pending = await caller.enqueue('l', 'a')
    const middle = await caller.enqueue('l', 'b')
    await caller.enqueue('l', 'c')
    await caller.claim({ lanes: [{ lane: 'l', share: 1 }] })
    for (const entry of [pending, middle, middle, 'none']) await caller.write({ kind: 'withdraw', lane: 'l', entry })
    expect(await ledger.held(0, caller.holder)).toEqual([])
    expect(await ledger.ready(0, '')).toEqual([{ lane: 'l', waiting: 1 }])
    const { claimed } = await caller.claim({ lanes: [{ lane: 'l', share: 1 }] })
    expect(claimed.map(({ record }) => record)).toEqual(['c'])
    expect(
      await caller.attempt(
        [],
        { kind: 'withdraw', lane: 'l', entry: pending },
        { kind: 'settle', lane: 'l', entry: pending },
      ),
    ).toBe('invalid')
  })

  test('[L18] an entry is settled once', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    const entry = await caller.enqueue('l', 'a')
    expect(await caller.attempt([], { kind: 'settle', lane: 'l', entry })).toBe('invalid')
    await caller.claim({ lanes: [{ lane: 'l', share: 1 }] })
    expect(await caller.attempt([], { kind: 'settle', lane: 'l', entry }, { kind: 'settle', lane: 'l', entry })).toBe(
      'invalid',
    )
    expect(await caller.attempt([], { kind: 'settle', lane: 'l', entry })).toBe('done')
    expect(await caller.attempt([], { kind: 'settle', lane: 'l', entry })).toBe('invalid')
    expect(await caller.attempt([{ kind: 'atMost', lane: 'l', n: 0 }])).toBe('done')
  })
}
