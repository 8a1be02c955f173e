/** Reading: sets in pages, logs, what is ready; secrets; the end. */
import { expect, test } from 'vitest'
import { type Ledger, LedgerFault, type Member, type Write } from '../../src/ledger/port.js'
import { Caller, type OpenLedger, put } from './opened.js'

const index = (member: string, score: number): Write => ({ kind: 'index', set: 's', member, score })

async function pages(
  ledger: Ledger,
  options: { limit: number; upTo?: number; descending?: boolean },
  between?: (page: number) => Promise<void>,
) {
  const members: Member[] = []
  let cursor: string | undefined
  for (let page = 0; ; page++) {
    const read = await ledger.range(0, 's', cursor === undefined ? options : { ...options, after: cursor })
    expect(read.members.length).toBeLessThanOrEqual(options.limit)
    members.push(...read.members)
    if (read.cursor === undefined) return members
    cursor = read.cursor
    await between?.(page)
  }
}

export function readContract(open: OpenLedger): void {
  test('[L30] a set is read in pages, from either end, by score and then by the bytes of the member', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    const inOrder: Member[] = [
      { member: 'z', score: -1e9 },
      { member: 'y', score: -1.5 },
      { member: 'a', score: 0 },
      { member: 'ab', score: 0 },
      { member: 'b', score: 0 },
      { member: '\uffee', score: 0 },
      { member: '\u{1f600}', score: 0 },
      { member: 'k', score: 0.25 },
      { member: 'm', score: 1_700_000_000_000 },
      { member: 'l', score: 1_700_000_000_001 },
    ]
    for (const { member, score } of [...inOrder].reverse()) await caller.write(index(member, score))
    await caller.write(index('k', 7), index('k', 0.25), index('none', 1), { kind: 'unindex', set: 's', member: 'none' })
    const ledger = (await world.reopen?.()) ?? world.ledger
    for (const limit of [1, 3, 100]) {
      expect(await pages(ledger, { limit })).toEqual(inOrder)
      expect(await pages(ledger, { limit, descending: true })).toEqual([...inOrder].reverse())
      expect(await pages(ledger, { limit, upTo: 0 })).toEqual(inOrder.slice(0, 7))
      expect(await pages(ledger, { limit, upTo: 0, descending: true })).toEqual(inOrder.slice(0, 7).reverse())
    }
    expect(await ledger.range(0, 's', { limit: 10 })).not.toHaveProperty('cursor')
    expect(await ledger.range(0, 'none', { limit: 10 })).toEqual({ members: [] })
  })

  test.each([false, true])(
    '[L31] a cursor skips and repeats nobody who was there all the while (descending: %s)',
    async (descending) => {
      await using world = await open()
      const caller = new Caller(world.ledger)
      const stay = Array.from({ length: 40 }, (_, at) => `stay${String(at).padStart(2, '0')}`)
      for (const [at, member] of stay.entries()) await caller.write(index(member, at >> 2), index(`go${at}`, at >> 2))
      const read = await pages(world.ledger, { limit: 5, descending }, (page) =>
        caller.write(
          { kind: 'unindex', set: 's', member: `go${page}` },
          { kind: 'unindex', set: 's', member: `go${39 - page}` },
          index(`new${page}`, page),
        ),
      )
      const seen = read.map(({ member }) => member).filter((member) => member.startsWith('stay'))
      expect(seen).toEqual(descending ? [...stay].reverse() : stay)
    },
  )

  test('[L32] a log is read in order from a position on, and says how much it has', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    for (let at = 0; at < 10; at++) {
      await caller.write(
        { kind: 'append', log: 'a', entry: new Uint8Array([at]) },
        { kind: 'append', log: 'b', entry: new Uint8Array(2_000_000 * (at >> 3)) },
      )
    }
    let ledger = (await world.reopen?.()) ?? world.ledger
    const first = await ledger.log(0, 'a', { limit: 4 })
    expect(first.entries.map(({ entry }) => entry[0])).toEqual([0, 1, 2, 3])
    expect(first.size).toBe(10)
    const ids = first.entries.map(({ id }) => id)
    expect(ids).toEqual([...ids].sort())
    const after = ids.at(-1) ?? ''
    expect((await ledger.log(0, 'a', { after, limit: 99 })).entries.map(({ entry }) => entry[0])).toEqual([
      4, 5, 6, 7, 8, 9,
    ])
    expect((await ledger.log(0, 'b', { limit: 99 })).entries.at(-1)?.entry.length).toBe(2_000_000)
    expect(await ledger.log(0, 'none', { limit: 9 })).toEqual({ entries: [], size: 0 })

    const again = new Caller(ledger, 'n2')
    await again.write({ kind: 'trim', log: 'a', upTo: after })
    await again.write({ kind: 'trim', log: 'a', upTo: after }, { kind: 'trim', log: 'none', upTo: after })
    ledger = (await world.reopen?.()) ?? ledger
    const rest = await ledger.log(0, 'a', { after: ids[0] ?? '', limit: 2 })
    expect(rest.entries.map(({ entry }) => entry[0])).toEqual([4, 5])
    expect(rest.size).toBe(6)
    const last = await ledger.log(0, 'a', { limit: 99 })
    await new Caller(ledger, 'n3').write(
      { kind: 'trim', log: 'a', upTo: last.entries.at(-1)?.id ?? '' },
      { kind: 'append', log: 'a', entry: new Uint8Array([10]) },
    )
    expect((await ledger.log(0, 'a', { limit: 9 })).entries.map(({ entry }) => entry[0])).toEqual([10])
  })

  test('[L33] ready lanes are told by prefix, in order, with how many wait', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    for (const [lane, n] of [
      ['t/b', 2],
      ['t/a', 1],
      ['u/a', 3],
      ['t/c', 1],
    ] as const) {
      for (let at = 0; at < n; at++) await caller.enqueue(lane, `${lane}/${at}`)
    }
    await caller.claim({ lanes: [{ lane: 't/c', share: 1 }] })
    const ledger = (await world.reopen?.()) ?? world.ledger
    expect(await ledger.ready(0, 't/')).toEqual([
      { lane: 't/a', waiting: 1 },
      { lane: 't/b', waiting: 2 },
    ])
    expect((await ledger.ready(0, '')).map(({ lane }) => lane)).toEqual(['t/a', 't/b', 'u/a'])
    expect(await ledger.ready(0, 'v')).toEqual([])
  })

  test('[L34] a secret is 32 bytes, its own for each name, and stays', async () => {
    await using world = await open()
    const [leases, leasesAgain, tokens] = await Promise.all(
      ['leases', 'leases', 'tokens/ü'].map((name) => world.ledger.secret(name)),
    )
    expect(leases?.length).toBe(32)
    expect(leasesAgain).toEqual(leases)
    expect(tokens).not.toEqual(leases)
    leases?.fill(0)
    const ledger = (await world.reopen?.()) ?? world.ledger
    expect(await ledger.secret('leases')).toEqual(leasesAgain)
    expect(await ledger.secret('tokens/ü')).toEqual(tokens)
  })

  test('[L35] what it says of itself stays', async () => {
    await using world = await open()
    const before = world.ledger.durability
    expect(world.ledger.shards).toBe(1)
    expect(((await world.reopen?.()) ?? world.ledger).durability).toEqual(before)
    await expect(world.ledger.read(1, ['r'])).rejects.toThrow()
  })

  test('[L36] a call after the end is rejected, and a second end is the first', async () => {
    await using world = await open()
    const { ledger } = world
    const caller = new Caller(ledger)
    const under = caller.write(put('r', { n: 1 }))
    const end = ledger.close()
    await Promise.all([under, end, ledger.close()])
    await expect(caller.commit()).rejects.toBeInstanceOf(LedgerFault)
    await expect(ledger.read(0, ['r'])).rejects.toBeInstanceOf(LedgerFault)
    await expect(ledger.secret('leases')).rejects.toBeInstanceOf(LedgerFault)
  })
}
