import { Buffer } from 'node:buffer'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decoders } from '../../src/safety/decoded/decode.js'
import { keywordFilter } from '../../src/safety/filters/keyword.js'
import { createGate } from '../../src/safety/gate.js'
import { defaultPolicy, makePolicy, seedKeywords } from '../../src/safety/policy.js'
import { allMeans } from '../../src/safety/textReader.js'
import { TextViews, viewMakers } from '../../src/safety/views/textViews.js'
import type { View, ViewName } from '../../src/safety/views/view.js'
import type { Finding } from '../../src/tasks/verdict.js'
import { combined, disguisesOf, scatterings } from './disguises.js'

const seedsOnly = () => [keywordFilter(seedKeywords)]
const gate = createGate(() => defaultPolicy, seedsOnly)
const said = (value: unknown) => ({ tenant: 't_test', queue: 'mail', kind: 'text', value }) as const
const isHeld = (value: unknown): boolean => gate.judge(said(value)).kind === 'hold'
const phrases = seedKeywords.map(({ phrase }) => phrase)
const viewNames = ['folded', 'lookalikes', 'squeezed', 'letters', 'digits'] as const

function findingsIn(value: unknown): readonly Finding[] {
  const verdict = gate.judge(said(value))
  return verdict.kind === 'hold' ? verdict.findings : []
}

function viewsOf(text: string): readonly View[] {
  const texts = new TextViews(text)
  return viewNames.flatMap((name) => viewMakers[name](texts))
}

function reads(name: ViewName, text: string): readonly string[] {
  return viewMakers[name](new TextViews(text)).map((view) => view.text)
}

describe('disguises', () => {
  test.each(phrases)('[VW1] %s is held in each disguise, alone and two combined', (phrase) => {
    const missed = [...disguisesOf('words'), ...combined('words')]
      .filter(({ apply }) => !isHeld(apply(phrase)))
      .map(({ name, apply }) => `${name}: ${JSON.stringify(apply(phrase))}`)
    expect(missed).toEqual([])
  })

  test.each(phrases)('[VW2] %s is held wherever it is scattered over a value', (phrase) => {
    const missed = scatterings.filter(({ apply }) => !isHeld(apply(phrase))).map(({ name }) => name)
    expect(missed).toEqual([])
  })

  test.each([
    ['letters', 'p4$$w0rd, de1ete a1l', 'password, delete all'],
    ['letters', 'd1sab1e', 'disabie'],
    ['digits', 'O78-O5-l120', '078-05-1120'],
    ['squeezed', 'd.e.l.e.t.e a.l.l', 'delete all'],
    ['squeezed', '1 2 3 - 4 5 - 6 7 8 9', '123-45-6789'],
    ['squeezed', 'p - a - s - s', 'pass'],
    ['lookalikes', 'раѕѕwоrd', 'password'],
    ['folded', 'ok \u{e0070}\u{e0077} 🇵🇮🇮 ٤٢', 'ok pw PII 42'],
  ] as const)('[VW1] in the view %s, %s reads %s', (name, text, read) => {
    expect(reads(name, text)).toContain(read)
  })
})

describe('places', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: fc.constantFrom(...'pa4$1 .-O0lIß\u0301\u200bѕ🇵①＠\ud800'), maxLength: 60 }),
    fc
      .array(fc.constantFrom('p4$$w0rd ', 'a b c ', 'p - a - s ', 'O78-O5-l120 ', 'word '.repeat(40)), {
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  )

  test('[VW3] lead back into the original, in order', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const view of viewsOf(text)) {
          let before = 0
          for (let at = 0; at < view.text.length; at += 1) {
            const { start, end } = view.toOriginal({ start: at, end: at + 1 })
            if (start < before || end <= start || end > text.length) return false
            before = start
          }
        }
        return true
      }),
      { numRuns: 300 },
    )
  })

  test('[VW3] of what is decoded, lie within the text', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '%70a',
        '&#112;',
        '\\u0070',
        '=70=61',
        'cGFzc3dvcmQ=',
        '70617373',
        '70 61 73 ',
        'x',
        '\r\n',
        '%c3%a9',
      ),
    )
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('')
        const { traits } = new TextViews(text)
        for (const found of decoders.flatMap((decode) => decode(text, traits))) {
          for (let at = 0; at < found.text.length; at += 1) {
            const { start, end } = found.toEncoded({ start: at, end: at + 1 })
            expect(start).toBeGreaterThanOrEqual(0)
            expect(end).toBeGreaterThan(start)
            expect(end).toBeLessThanOrEqual(text.length)
          }
        }
      }),
    )
  })

  test('[VW4] no view changes plain prose, and no decoder reads anything in it', () => {
    const word = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 2, maxLength: 9 })
    const prose = fc
      .array(word, { maxLength: 40 })
      .map((parts) => `${parts.join(' ')}. In 2025, "${parts.join(', ')}"!`)
    fc.assert(
      fc.property(prose, (text) => {
        const texts = new TextViews(text)
        expect(texts.folded.text).toBe(text)
        for (const name of ['lookalikes', 'squeezed', 'letters', 'digits'] as const)
          expect(reads(name, text)).toEqual([])
        expect(decoders.flatMap((decode) => decode(text, texts.traits))).toEqual([])
      }),
    )
    expect(viewsOf('business needs')).toHaveLength(1)
  })
})

describe('findings', () => {
  test('[VW5] name how they were read, and point at what was sent', () => {
    const one = (value: unknown) => findingsIn(value).map(({ path, start, end, view }) => [path, start, end, view])
    expect(one({ a: 'my p4$$w0rd.' })).toEqual([['/a', 3, 11, 'letters']])
    expect(one({ a: 'see cGFzc3dvcmQ= ok' })).toEqual([['/a', 4, 15, 'base64']])
    expect(one({ a: 'the pass%77ord is' })).toEqual([['/a', 4, 14, 'percent']])
    const twice = Buffer.from('p%61ssword').toString('base64')
    expect(one(['x', twice])).toEqual([['/1', 0, twice.replace(/=+$/, '').length, 'base64 percent']])
    expect(one({ a: 'it is pass', b: 'word now' })).toEqual([
      ['/a', 6, 10, 'joined'],
      ['/b', 0, 4, 'joined'],
    ])
    expect(one({ secret: { key: 1 } })).toEqual([
      ['/secret', 0, 6, 'joined'],
      ['/secret/key', 0, 3, 'joined'],
    ])
    expect(findingsIn({ secret: { key: 1 } }).every(({ inKey }) => inKey === true)).toBe(true)
  })

  test('[VW10] JSON within a text is read as what it is: what its fields say together, three deep', () => {
    const fields = JSON.stringify({ action: 'delete', target: 'all users' })
    const held = { rule: 'keyword.delete-all', view: 'json' }
    expect(findingsIn({ arguments: fields })).toMatchObject([
      { ...held, path: '/arguments', start: 0, end: fields.length },
    ])
    expect(findingsIn([`Calling it with ${fields} now.`])).toMatchObject([{ ...held, path: '/0', start: 16, end: 56 }])
    const deep = JSON.stringify({ a: JSON.stringify([JSON.stringify({ of: fields }), 1]) })
    expect(findingsIn(JSON.parse(deep))).toMatchObject([
      { rule: 'keyword.delete-all', path: '/a', view: 'json json json' },
    ])
    expect(findingsIn({ arguments: JSON.stringify({ action: 'list', target: 'all users' }) })).toEqual([])
    expect(findingsIn({ code: '{ "not": JSON, [1, 2] }', list: '[1] see above [2]' })).toEqual([])
    // Wherever it stands, however many there are, whatever stands between; and where what was found is written as it is.
    for (const text of [
      `{} ${fields}{"b":2}`,
      `${fields} [ok]`,
      `[1, ${fields}]`,
      `{"a": [}, ${fields}`,
      `x{"a":1}\n${fields}`,
    ]) {
      expect(findingsIn([text]), text).toMatchObject([held])
    }
    const exact = findingsIn([JSON.stringify({ tool: 'mail', note: 'my password is kept', to: 'all' })])
    expect(exact).toMatchObject([{ rule: 'keyword.password', start: 26, end: 34 }])
  })

  test('[VW6] a place that several views show counts once', () => {
    const verdict = gate.judge(said({ a: 'the p a s s w o r d 4u, %41', b: 'password' }))
    expect(verdict).toMatchObject({ kind: 'hold', details: 'Held: it says "password" in 2 places.' })
    expect(findingsIn({ a: 'the p a s s w o r d 4u, %41', b: 'password' })).toHaveLength(2)
  })

  test('[VW7] each look-alike of a Latin letter in the Unicode data is read as that letter', () => {
    const data = createRequire(import.meta.url)('unhomoglyph/data.json') as Readonly<Record<string, string>>
    const wrong = Object.entries(data).filter(([point, latin]) => {
      if (point < '\x7f' || !/^[\p{L}\p{No}]$/u.test(point) || !/^[a-km-zA-HJ-NP-Z]$/.test(latin)) return false
      // These are what they are called: s, an accent, v, v.
      if ('ſͺʋᶌ'.includes(point)) return false
      return new TextViews(point).upright.text.toLowerCase() !== latin.toLowerCase()
    })
    expect(wrong).toEqual([])
  })
})

describe('faults and limits', () => {
  const broken = (): never => {
    throw new Error('out of order')
  }

  test.each(['folded', 'lookalikes', 'squeezed', 'letters'] as const)(
    '[VW8] where the view %s fails, it is held, and the others are heard',
    (name) => {
      const faulty = createGate(() => defaultPolicy, seedsOnly, undefined, {
        ...allMeans,
        makers: { ...viewMakers, [name]: broken },
      })
      const other = name === 'letters' ? 'my password, not p4$$ed' : 'my p4$$word'
      const verdict = faulty.judge(said(other))
      expect(verdict).toMatchObject({ kind: 'hold', reason: 'GATE_ERROR' })
      expect(verdict.kind === 'hold' ? verdict.findings.map(({ rule }) => rule) : []).toContain('keyword.password')
    },
  )

  test('[VW8] where a decoder fails, it is held, and the others are heard', () => {
    const faulty = createGate(() => defaultPolicy, seedsOnly, undefined, {
      ...allMeans,
      decoders: [broken, ...decoders],
    })
    const verdict = faulty.judge(said('cGFzc3dvcmQ='))
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'GATE_ERROR' })
    expect(verdict.kind === 'hold' ? verdict.findings.map(({ rule }) => rule) : []).toContain('keyword.password')
  })

  const nested = (text: string, depth: number): string =>
    depth === 0 ? text : nested(Buffer.from(text).toString('base64'), depth - 1)

  test('[VW9] three encodings within each other are undone, a fourth is not', () => {
    expect(isHeld(nested('my password', 3))).toBe(true)
    expect(isHeld(nested('my password', 4))).toBe(false)
  })

  test('[VW9] more encoded text than may be read is held', () => {
    const verdict = createGate(
      () => makePolicy({ limits: { ...defaultPolicy.limits, textUnits: 100 } }),
      seedsOnly,
      undefined,
      { ...allMeans, decoders: [(whole) => [{ way: 'twice', text: `${whole}${whole}`, toEncoded: (span) => span }]] },
    ).judge(said('%41 is a letter, and so is another one here'))
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'GATE_ERROR' })
    expect(verdict.kind === 'hold' ? verdict.details : '').toContain('200 characters of encoded text')
  })

  test.each([
    ['ones', '1'.repeat(1_000_000)],
    ['letters and ones', `${'a'.repeat(400_000)}${'1'.repeat(600_000)}`],
    ['dollars', '$'.repeat(1_000_000)],
    ['single letters', 'a b '.repeat(250_000)],
    ['digits and bars', `x1${'|1'.repeat(500_000)}`],
    ['digits that go on as words', 'OOOO1x'.repeat(170_000)],
    ['base64 of one letter', 'YWFh'.repeat(250_000)],
    ['capitals and digits', 'aB3'.repeat(340_000)],
    ['lines of short words', 'aB3d\n'.repeat(200_000)],
    ['percent', '%'.repeat(1_000_000)],
    ['ampersands', '&a'.repeat(500_000)],
    ['backslashes', '\\'.repeat(1_000_000)],
    ['equals', '=4'.repeat(500_000)],
    ['pairs', 'ff '.repeat(340_000)],
    ['tags', '\u{e0061}'.repeat(300_000)],
    ['Cyrillic', 'раѕѕwоr '.repeat(130_000)],
  ])('[VW9] 1 MiB of %s passes', (_, text) => {
    expect(isHeld(text)).toBe(false)
  })

  test('[VW9] rows of many short items are judged', () => {
    expect(isHeld(Array(90_000).fill('p'))).toBe(false)
    expect(isHeld(Array.from({ length: 40_000 }, (_, i) => ({ [`k${i}`]: 'v' })))).toBe(false)
  })
})
