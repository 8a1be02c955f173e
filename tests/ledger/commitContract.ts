/** Calls of `commit`: order, all or nothing, repeated calls, holders. */
import { expect, test } from 'vitest'
import type { Transaction, Write } from '../../src/ledger/port.js'
import { answersOf, Caller, type OpenLedger, put } from './opened.js'

const poison: readonly (readonly [string, Write])[] = [
  ['a number that is not finite', put('p', { n: Number.NaN })],
  ['an endless number', put('p', { n: Number.POSITIVE_INFINITY })],
  ['an add to a text', { kind: 'add', record: 'text', field: 'is', n: 1 }],
  ['an add of no number', { kind: 'add', record: 'p', field: 'n', n: Number.NaN }],
  ['an add beyond all numbers', { kind: 'add', record: 'huge', field: 'n', n: Number.MAX_VALUE }],
  ['a settle of what is not pending', { kind: 'settle', lane: 'l', entry: 'none' }],
  ['an adopt of what is not pending', { kind: 'adopt', lane: 'l', entry: 'none' }],
  ['an enqueue of no record', { kind: 'enqueue', lane: 'l', record: 'none', idInto: 'entry' }],
  ['a score that is no number', { kind: 'index', set: 's', member: 'm', score: Number.NaN }],
  ['an empty name', put('', { n: 1 })],
  ['a name over 512 bytes', put('ü'.repeat(257), { n: 1 })],
  ['half a character in a name', put('\ud800', { n: 1 })],
  ['an epoch that does not grow', { kind: 'raise', epoch: 0 }],
  ['a value of no kind that is kept', put('p', { n: { a: 1 } as unknown as string })],
]

const before: readonly Write[] = [
  put('w', { n: 1 }),
  { kind: 'add', record: 'count', field: 'n', n: 1 },
  { kind: 'enqueue', lane: 'l', record: 'text', idInto: 'entry' },
  { kind: 'append', log: 'log', entry: new Uint8Array([1]) },
  { kind: 'index', set: 's', member: 'm', score: 1 },
  { kind: 'hint', hint: 'never' },
]

export function commitContract(open: OpenLedger): void {
  test.each(poison)('[L1] %s makes its transaction invalid: it wrote nothing, the others are done', async (_, bad) => {
    for (const place of [0, 1, 2]) {
      await using world = await open()
      const { ledger } = world
      const hints: string[] = []
      ledger.onHint((_, hint) => hints.push(hint))
      const caller = new Caller(ledger)
      await caller.write(put('text', { is: 'text' }), put('huge', { n: Number.MAX_VALUE }))
      const fine = (n: number): Transaction => ({ guards: [], writes: [put(`fine/${n}`, { n })] })
      const transactions = [fine(0), fine(1)]
      transactions.splice(place, 0, { guards: [], writes: [...before, bad] })
      const kinds = (await caller.commit(...transactions)).map(({ kind }) => kind)
      expect(kinds).toEqual(['done', 'done', 'done'].with(place, 'invalid'))
      expect(await ledger.read(0, ['fine/0', 'fine/1'])).toEqual([{ n: 0 }, { n: 1 }])
      expect(await ledger.read(0, ['w', 'count', 'p', 'text'])).toEqual([null, null, null, { is: 'text' }])
      expect(await ledger.ready(0, '')).toEqual([])
      expect((await ledger.log(0, 'log', { limit: 9 })).size).toBe(0)
      expect((await ledger.range(0, 's', { limit: 9 })).members).toEqual([])
      expect(hints).toEqual([])
    }
  })

  test('[L2] a transaction sees the writes of those before it in the call, and its own', async () => {
    await using world = await open()
    const { ledger } = world
    const answers = await new Caller(ledger).commit(
      { guards: [{ kind: 'absent', record: 'r' }], writes: [put('r', { n: 1 })] },
      { guards: [{ kind: 'absent', record: 'r' }], writes: [put('r', { n: 2 })] },
      {
        guards: [{ kind: 'equals', record: 'r', field: 'n', value: 1 }],
        writes: [
          { kind: 'add', record: 'r', field: 'n', n: 4 },
          put('r', { m: true }),
          { kind: 'add', record: 'r', field: 'n', n: 5 },
          { kind: 'drop', record: 'gone' },
        ],
      },
    )
    expect(answers.map(({ kind }) => kind)).toEqual(['done', 'refused', 'done'])
    expect(answers[1]).toEqual({ kind: 'refused', guard: { kind: 'absent', record: 'r' } })
    expect(await ledger.read(0, ['r', 'gone'])).toEqual([{ n: 10, m: true }, null])
  })

  test('[L3] the last seq of a holder gets its answers again, and nothing is done or told again', async () => {
    await using world = await open()
    const hints: string[] = []
    let { ledger } = world
    ledger.onHint((_, hint) => hints.push(hint))
    const transactions: Transaction[] = [
      {
        guards: [],
        writes: [
          { kind: 'add', record: 'r', field: 'n', n: 1 },
          { kind: 'hint', hint: 'h' },
        ],
      },
      { guards: [{ kind: 'equals', record: 'r', field: 'n', value: new Uint8Array([1]) }], writes: [] },
      { guards: [], writes: [put('r', { n: Number.NaN })] },
    ]
    const first = answersOf(await ledger.commit(0, 'n1.a', 7, transactions))
    expect(first.map(({ kind }) => kind)).toEqual(['done', 'refused', 'invalid'])
    expect(answersOf(await ledger.commit(0, 'n1.a', 7, transactions))).toEqual(first)
    expect(answersOf(await ledger.commit(0, 'n1.a', 7, []))).toEqual(first)
    if (world.reopen !== undefined) {
      ledger = await world.reopen()
      const again = answersOf(await ledger.commit(0, 'n1.a', 7, transactions))
      expect(again.map(({ kind }) => kind)).toEqual(['done', 'refused', 'invalid'])
    }
    expect(hints).toEqual(['h'])
    expect(await ledger.read(0, ['r'])).toEqual([{ n: 1 }])
    expect(await ledger.commit(0, 'n1.a', 6, transactions)).toEqual({ kind: 'oldSeq' })
    expect(await ledger.holders(0)).toEqual([{ holder: 'n1.a', buried: false, pending: 0, seq: 7 }])
  })

  test('[L4] calls that are under way together are carried out in their order', async () => {
    await using world = await open()
    const { ledger } = world
    const set = (n: number): Transaction => ({
      guards: [{ kind: 'below', record: 'r', field: 'n', n }],
      writes: [put('r', { n })],
    })
    const replies = await Promise.all([1, 2, 3, 4, 5].map((seq) => ledger.commit(0, 'n1.a', seq, [set(seq)])))
    expect(replies.map((reply) => answersOf(reply)[0]?.kind)).toEqual(Array.from({ length: 5 }, () => 'done'))
    expect(await ledger.commit(0, 'n1.a', 4, [])).toEqual({ kind: 'oldSeq' })
    expect(await ledger.read(0, ['r'])).toEqual([{ n: 5 }])
  })

  test('[L5] a buried holder is refused whole; its entries stay, and can be adopted', async () => {
    await using world = await open()
    const { ledger } = world
    const dead = new Caller(ledger, 'dead')
    const entry = await dead.enqueue('l', 'r')
    await dead.claim({ lanes: [{ lane: 'l', share: 1 }] })
    const heir = new Caller(ledger, 'heir')
    await heir.write({ kind: 'bury', holder: 'dead' }, { kind: 'bury', holder: 'never seen' })
    expect(await ledger.commit(0, 'dead', 9, [{ guards: [], writes: [put('x', {})] }])).toEqual({ kind: 'buried' })
    expect(await ledger.commit(0, 'dead', dead.seq, [])).toEqual({ kind: 'buried' })
    expect(
      await ledger.claim(0, 'dead', 9, {
        lanes: [],
        takers: [],
        maxBytes: 1,
        writes: {},
        entryField: 'e',
        overdueField: 'd',
      }),
    ).toEqual({ kind: 'buried' })
    expect(await ledger.commit(0, 'never seen', 1, [])).toEqual({ kind: 'buried' })
    expect(await ledger.read(0, ['x'])).toEqual([null])
    expect(await ledger.held(0, 'dead')).toEqual([{ lane: 'l', entry, record: 'r' }])
    expect(await heir.attempt([{ kind: 'holds', lane: 'l', entry }], { kind: 'settle', lane: 'l', entry })).toBe(
      'refused',
    )
    expect(await heir.attempt([{ kind: 'pending', lane: 'l', entry }], { kind: 'adopt', lane: 'l', entry })).toBe(
      'done',
    )
    expect(await ledger.held(0, 'dead')).toEqual([])
    expect(await ledger.held(0, 'heir')).toEqual([{ lane: 'l', entry, record: 'r' }])
    expect(await heir.attempt([{ kind: 'holds', lane: 'l', entry }], { kind: 'settle', lane: 'l', entry })).toBe('done')
    expect((await ledger.holders(0)).map(({ holder, buried }) => [holder, buried])).toEqual([
      ['dead', true],
      ['heir', false],
      ['never seen', true],
    ])
  })

  test('[L6] a holder that holds something is not retired; one that is, is forgotten', async () => {
    await using world = await open()
    const { ledger } = world
    const caller = new Caller(ledger)
    const entry = await caller.enqueue('l', 'r')
    await caller.claim({ lanes: [{ lane: 'l', share: 1 }] })
    const other = new Caller(ledger, 'other')
    const retire: Write = { kind: 'retire', holder: caller.holder }
    expect(await other.attempt([], retire)).toBe('invalid')
    expect(await other.attempt([], { kind: 'settle', lane: 'l', entry }, retire)).toBe('done')
    expect((await ledger.holders(0)).map(({ holder }) => holder)).toEqual(['other'])
    expect(answersOf(await ledger.commit(0, caller.holder, 1, []))).toEqual([])
    await other.write({ kind: 'retire', holder: 'other' })
    expect((await ledger.holders(0)).map(({ holder }) => holder)).toEqual([caller.holder])
  })

  test('[L7] a stale epoch is refused, and the epoch only grows', async () => {
    await using world = await open()
    const caller = new Caller(world.ledger)
    expect(await caller.attempt([{ kind: 'epoch', n: 0 }], { kind: 'raise', epoch: 4 })).toBe('done')
    expect(await caller.attempt([{ kind: 'epoch', n: 0 }], put('r', {}))).toBe('refused')
    expect(await caller.attempt([{ kind: 'epoch', n: 4 }], put('r', {}))).toBe('done')
    expect(await caller.attempt([], { kind: 'raise', epoch: 3 })).toBe('invalid')
    expect(await caller.attempt([], { kind: 'raise', epoch: 5 }, { kind: 'raise', epoch: 5 })).toBe('invalid')
    await world.reopen?.()
  })

  test('[L8] a hint is told once a call, after its commit, to all who listen and no longer than they do', async () => {
    await using world = await open()
    const { ledger } = world
    const heard: string[] = []
    const end = ledger.onHint((shard, hint) => heard.push(`${shard} ${hint}`))
    const second: string[] = []
    ledger.onHint((_, hint) => second.push(hint))
    const hint = (text: string): Write => ({ kind: 'hint', hint: text })
    await new Caller(ledger).commit(
      { guards: [], writes: [hint('a'), hint('a')] },
      { guards: [], writes: [hint('b'), hint('a')] },
      { guards: [{ kind: 'epoch', n: 9 }], writes: [hint('refused')] },
    )
    expect(heard).toEqual(['0 a', '0 b'])
    end()
    await new Caller(ledger, 'n2').write(hint('c'))
    expect(heard).toEqual(['0 a', '0 b'])
    expect(second).toEqual(['a', 'b', 'c'])
  })

  test('[L9] the time never goes back, whatever the clock does, and comes with each answer', async () => {
    await using world = await open()
    let { ledger } = world
    const caller = new Caller(ledger)
    await caller.commit()
    const first = ledger.now()
    world.pass(-5_000)
    expect(ledger.now()).toBe(first)
    const reply = await ledger.commit(0, caller.holder, 9, [])
    expect(reply).toMatchObject({ kind: 'answers', now: first })
    ledger = (await world.reopen?.()) ?? ledger
    expect(ledger.now()).toBe(first)
    world.pass(6_000)
    expect(ledger.now()).toBe(first + 1_000)
  })
}
