/** Claims: order, shares, takers, limits, what is dropped and what is overdue. */
import { expect, test } from 'vitest'
import type { Claimed } from '../../src/ledger/port.js'
import { Caller, type OpenLedger, put } from './opened.js'

const records = (claimed: readonly Claimed[]): string[] => claimed.map(({ record }) => record)

const takers = (n: number) => Array.from({ length: n }, (_, at) => ({ agent: `agent-${at}` }))

export function claimContract(open: OpenLedger): void {
  test('[L20] a lane is served in order, and a claim writes the record with its taker', async () => {
    await using world = await open()
    const { ledger } = world
    const caller = new Caller(ledger)
    const entries: string[] = []
    for (const record of ['a', 'b', 'c']) entries.push(await caller.enqueue('l', record, { status: 'QUEUED', gone: 1 }))
    const { claimed, overdue } = await caller.claim({
      lanes: [{ lane: 'l', share: 5 }],
      takers: takers(2),
      writes: { status: 'RUNNING', gone: null },
    })
    const fields = (at: number, id: string) => ({ id, status: 'RUNNING', agent: `agent-${at}`, entry: entries[at] })
    expect(claimed).toEqual([
      { taker: 0, lane: 'l', entry: entries[0], record: 'a', fields: fields(0, 'a') },
      { taker: 1, lane: 'l', entry: entries[1], record: 'b', fields: fields(1, 'b') },
    ])
    expect(overdue).toEqual([])
    expect(await ledger.read(0, ['a', 'b'])).toEqual([fields(0, 'a'), fields(1, 'b')])
    expect(await ledger.held(0, caller.holder)).toEqual(
      claimed.map(({ lane, entry, record }) => ({ lane, entry, record })),
    )
    expect(await ledger.ready(0, 'l')).toEqual([{ lane: 'l', waiting: 1 }])
    expect(await ledger.holders(0)).toMatchObject([{ pending: 2 }])
  })

  test('[L21] each lane gets its share first; what is left over goes to the lanes in order', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    for (const lane of ['high', 'low']) for (let at = 0; at < 6; at++) await caller.enqueue(lane, `${lane}${at}`)
    const lanes = [
      { lane: 'high', share: 2 },
      { lane: 'empty', share: 3 },
      { lane: 'low', share: 1 },
    ]
    const first = await caller.claim({ lanes, takers: takers(5) })
    expect(records(first.claimed)).toEqual(['high0', 'high1', 'low0', 'high2', 'high3'])
    const second = await caller.claim({ lanes, takers: takers(9) })
    expect(records(second.claimed)).toEqual(['high4', 'high5', 'low1', 'low2', 'low3', 'low4', 'low5'])
    expect((await caller.claim({ lanes, takers: takers(9) })).claimed).toEqual([])
  })

  test('[L22] all bodies together stay within maxBytes, and the first one fits whatever it weighs', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    for (const record of ['a', 'b', 'c', 'd']) await caller.enqueue('l', record, { payload: new Uint8Array(10_000) })
    const claim = async (maxBytes: number) =>
      records((await caller.claim({ lanes: [{ lane: 'l', share: 9 }], takers: takers(9), maxBytes })).claimed)
    expect(await claim(1)).toEqual(['a'])
    expect(await claim(25_000)).toEqual(['b', 'c'])
    expect(await world.ledger.ready(0, '')).toEqual([{ lane: 'l', waiting: 1 }])
  })

  test('[L23] an entry that its record does not name is dropped, and needs no taker', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    const old = await caller.enqueue('l', 'a')
    await caller.enqueue('l', 'gone')
    await caller.enqueue('l', 'b')
    await caller.write({ kind: 'enqueue', lane: 'l', record: 'a', idInto: 'entry' }, { kind: 'drop', record: 'gone' })
    const { claimed } = await caller.claim({ lanes: [{ lane: 'l', share: 9 }], takers: takers(3) })
    expect(records(claimed)).toEqual(['b', 'a'])
    expect(claimed.map(({ entry }) => entry)).not.toContain(old)
    expect(
      await caller.attempt([
        { kind: 'atMost', lane: 'l', n: 2 },
        { kind: 'pending', lane: 'l', entry: old },
      ]),
    ).toBe('refused')
    expect(await caller.attempt([{ kind: 'atMost', lane: 'l', n: 2 }])).toBe('done')
  })

  test('[L24] an overdue entry is made pending, its record unwritten, and told apart', async () => {
    await using world = await open()
    const { ledger } = world
    const caller = new Caller(ledger)
    await caller.enqueue('l', 'due now', { due: ledger.now() })
    const late = await caller.enqueue('l', 'late', { due: ledger.now() - 1, status: 'QUEUED' })
    const { claimed, overdue } = await caller.claim({
      lanes: [{ lane: 'l', share: 9 }],
      takers: takers(2),
      writes: { status: 'RUNNING' },
    })
    expect(records(claimed)).toEqual(['due now'])
    expect(overdue).toMatchObject([{ taker: -1, lane: 'l', entry: late, record: 'late', fields: { status: 'QUEUED' } }])
    expect((await ledger.read(0, ['late']))[0]).toMatchObject({ status: 'QUEUED' })
    expect(
      await caller.attempt([{ kind: 'holds', lane: 'l', entry: late }], { kind: 'settle', lane: 'l', entry: late }),
    ).toBe('done')
  })

  test('[L25] a taker is passed over while another is left, where the record says so', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    for (const record of ['a', 'b', 'c']) await caller.enqueue('l', record, { was: 'agent-0' })
    await caller.enqueue('l', 'd')
    const { claimed } = await caller.claim({
      lanes: [{ lane: 'l', share: 9 }],
      takers: takers(4),
      avoid: { field: 'agent', of: 'was' },
    })
    expect(claimed.map(({ record, taker }) => [record, taker])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 0],
    ])
    await caller.enqueue('l', 'e', { was: 'agent-0' })
    const last = await caller.claim({
      lanes: [{ lane: 'l', share: 9 }],
      takers: takers(1),
      avoid: { field: 'agent', of: 'was' },
    })
    expect(last.claimed.map(({ record, taker }) => [record, taker])).toEqual([['e', 0]])
  })

  test('[L26] claims have a counter of their own: once it is raised, a straggler is refused', async () => {
    await using world = await open()
    let { ledger } = world
    const caller = new Caller(ledger)
    await caller.enqueue('l', 'a')
    const request = {
      lanes: [{ lane: 'l', share: 1 }],
      takers: [{}],
      maxBytes: 1,
      writes: {},
      entryField: 'entry',
      overdueField: 'due',
    }
    expect((await ledger.claim(0, caller.holder, 5, { ...request, lanes: [] })).kind).toBe('claimed')
    ledger = (await world.reopen?.()) ?? ledger
    expect(await ledger.claim(0, caller.holder, 4, request)).toEqual({ kind: 'oldSeq' })
    expect(await ledger.ready(0, '')).toEqual([{ lane: 'l', waiting: 1 }])
    expect(await ledger.claim(0, caller.holder, 5, request)).toMatchObject({
      kind: 'claimed',
      claimed: [{ record: 'a' }],
    })
  })

  test('[L27] whoever claims at once with others gets what the others did not', async () => {
    await using world = await open()
    const { ledger } = world
    const caller = new Caller(ledger)
    for (let at = 0; at < 300; at++) await caller.enqueue('l', `r${String(at).padStart(3, '0')}`)
    const holders = ['n1', 'n2', 'n3', 'n4'].map((holder) => new Caller(ledger, holder))
    const claims = holders.flatMap((holder) =>
      Array.from({ length: 10 }, () => holder.claim({ lanes: [{ lane: 'l', share: 9 }], takers: takers(9) })),
    )
    const all = (await Promise.all(claims)).flatMap(({ claimed }) => records(claimed))
    expect(all.length).toBe(300)
    expect(new Set(all).size).toBe(300)
    expect(all).toEqual([...all].sort())
  })

  test('[L28] what is pending and what waits is the same after it was opened again', async () => {
    await using world = await open()
    if (world.reopen === undefined) return
    const caller = new Caller(world.ledger)
    for (let at = 0; at < 5; at++) await caller.enqueue('l', `r${at}`)
    const { claimed } = await caller.claim({ lanes: [{ lane: 'l', share: 2 }], takers: takers(2) })
    await caller.write(put('flush', {}))
    const ledger = await world.reopen()
    expect(await ledger.held(0, caller.holder)).toEqual(
      claimed.map(({ lane, entry, record }) => ({ lane, entry, record })),
    )
    const again = new Caller(ledger, 'n2')
    expect(records((await again.claim({ lanes: [{ lane: 'l', share: 9 }], takers: takers(9) })).claimed)).toEqual([
      'r2',
      'r3',
      'r4',
    ])
  })
}
