import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createGate, filtersOf } from '../../src/safety/gate.js'
import { defaultPolicy, type GatePolicy, makePolicy, seedKeywords } from '../../src/safety/policy.js'
import { FoldedText } from '../../src/safety/views/folded.js'
import type { Finding, Verdict } from '../../src/tasks/verdict.js'

/** What other filters make of these texts is told elsewhere. */
const keywordsOnly = (policy: GatePolicy) => filtersOf(policy).filter(({ name }) => name === 'keyword')
const gate = createGate(() => defaultPolicy, keywordsOnly)

function judge(value: unknown): Verdict {
  return gate.judge({ tenant: 't_test', queue: 'mail', kind: 'text', value })
}

function findingsOf(verdict: Verdict): readonly Finding[] {
  return verdict.kind === 'hold' ? verdict.findings : []
}

function rulesIn(value: unknown): readonly string[] {
  return [...new Set(findingsOf(judge(value)).map((finding) => finding.rule))].sort()
}

type Disguise = readonly [name: string, apply: (text: string) => string]

const everyLetter = (text: string, change: (letter: string, i: number) => string) => [...text].map(change).join('')
const between = (text: string, what: string) => [...text].join(what)
const words = (text: string) => text.split(' ')
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()

const fullWidth = (text: string) =>
  everyLetter(text, (letter) =>
    letter > ' ' && letter <= '~' ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter,
  )

const mathematical = (text: string) =>
  everyLetter(text, (letter) =>
    /[a-z]/.test(letter) ? String.fromCodePoint(0x1d41a + letter.charCodeAt(0) - 0x61) : letter,
  )

/** These leave letters where they are, so any two of them can be put on one another. */
const lettering: readonly Disguise[] = [
  ['as it is', (text) => text],
  ['capitals', (text) => text.toUpperCase()],
  ['small letters', (text) => text.toLowerCase()],
  ['full-width', fullWidth],
  ['mathematical letters', mathematical],
  ['zero-width spaces', (text) => between(text, '\u200b')],
  ['word joiners', (text) => between(text, '\u2060')],
  ['soft hyphens', (text) => between(text, '\u00ad')],
  ['combining marks', (text) => everyLetter(text, (letter) => (letter === ' ' ? ' ' : `${letter}\u0301`))],
  ['composed accents', (text) => everyLetter(text, (letter) => `${letter}\u0308`).normalize('NFC')],
  ['variation selectors', (text) => everyLetter(text, (letter) => `${letter}\ufe0f`)],
  ['control characters', (text) => between(text, '\u0000')],
  ['long s', (text) => text.replaceAll('s', 'ſ')],
]

const joining: readonly Disguise[] = [
  ['spaces', (text) => text.replaceAll(' ', '    ')],
  ['line breaks', (text) => text.replaceAll(' ', ' \r\n\t ')],
  ['no-break spaces', (text) => text.replaceAll(' ', '\u00a0')],
  ['underscores', (text) => text.replaceAll(' ', '__')],
  ['hyphens', (text) => text.replaceAll(' ', '-')],
  ['dashes', (text) => text.replaceAll(' ', ' — ')],
  ['dots', (text) => text.replaceAll(' ', '.')],
  ['nothing between', (text) => text.replaceAll(' ', '')],
  ['spelled with spaces', (text) => between(text.replaceAll(' ', ''), ' ')],
  ['spelled with dots', (text) => between(text.replaceAll(' ', ''), '.')],
  ['spelled with hyphens', (text) => between(text.replaceAll(' ', ''), '-')],
]

const surroundings: readonly Disguise[] = [
  ['alone', (text) => text],
  ['in a sentence', (text) => `please keep the ${text}, as agreed.`],
  ['as an assignment', (text) => `my_${text}=1`],
  ['quoted', (text) => `{"${text}": null}`],
  ['in other scripts', (text) => `请勿${text}泄露`],
  ['between emoji', (text) => `🔑${text}🔒`],
  ['after accents', (text) => `déjà vu: ${text}`],
]

describe('keywords', () => {
  for (const { phrase } of seedKeywords) {
    test(`[S1] ${phrase} is held in every disguise, alone and two combined, wherever it stands`, () => {
      const lower = phrase.toLowerCase()
      for (const [lettered, letter] of lettering) {
        for (const [joined, join] of [['as it is', (text: string) => text] as const, ...joining]) {
          for (const [placed, place] of surroundings) {
            const text = place(letter(join(lower)))
            expect(judge(text).kind, `${lettered}, ${joined}, ${placed}: ${JSON.stringify(text)}`).toBe('hold')
          }
        }
      }
    })

    test(`[S1] ${phrase} is held as a part of names in camelCase, PascalCase and snake_case`, () => {
      const parts = words(phrase)
      const pascal = parts.map(capital).join('')
      const names = [
        `user${pascal}`,
        `user${pascal}Value`,
        `${pascal}s`,
        `${pascal}Value`,
        `MAX_${phrase.toUpperCase().replaceAll(' ', '_')}`,
      ]
      const joined = parts.map((part) => part.toLowerCase()).join('_')
      for (const name of [...names, `user_${joined}`, `${joined}_number`, `${joined}2`, `2${joined}`, `$${joined}`]) {
        expect(judge(name).kind, name).toBe('hold')
        expect(judge({ [name]: 1 }).kind, `key ${name}`).toBe('hold')
      }
    })
  }

  test('[S2] whatever letters, joins, case and surroundings are put together, it is held', () => {
    const one = fc.record({
      phrase: fc.constantFrom(...seedKeywords.map((keyword) => keyword.phrase)),
      first: fc.constantFrom(...lettering),
      second: fc.constantFrom(...lettering),
      joined: fc.constantFrom(...joining),
      placed: fc.constantFrom(...surroundings),
      capitals: fc.array(fc.boolean(), { minLength: 32, maxLength: 32 }),
      path: fc.array(fc.constantFrom('list', 'map', 'key', 'binary'), { maxLength: 4 }),
    })
    fc.assert(
      fc.property(one, ({ phrase, first, second, joined, placed, capitals, path }) => {
        // Capitals at random make humps, so what must stand as a word then stands between signs.
        const mixed = everyLetter(phrase.toLowerCase(), (letter, i) => (capitals[i] ? letter.toUpperCase() : letter))
        const text = placed[1](` ${second[1](first[1](joined[1](mixed)))} `)
        let value: unknown = text
        for (const step of path) value = wrapped(step, value)
        return judge(value).kind === 'hold'
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    'shipping',
    'classname',
    'classNames',
    'className',
    'business needs',
    'lessons',
    'Mississippi',
    'assassination',
    'c l a s s n a m e',
    'I.S.S.N.',
    'piing',
    'hippie',
    'API',
    'PIN',
    'p. ii',
    'see pp. i-ii',
    'issn',
    'ISSN',
    'cssname',
    'CSSName',
    'topics: snow',
    'passing words',
    'passwor',
    'bypass wording',
    'sword',
    'pass the word',
    'compass words',
    'secret keyboard shortcuts',
    'secretKeyboard',
    'secretary key',
    'Top secret. Key findings follow.',
    'secre tkeyx',
    'delete allocations',
    'deleteAllocation',
    'delete allowed',
    'Delete Allen’s entry',
    'delete_alloc',
    'delete it all',
    'Read and delete. All rights reserved.',
    'override securities',
    'override the security',
    'overridesecurit',
    'security settings',
    'V1StGXR8_Z5jdHi6B-myT',
    '2025-03-10T08:15:42.100Z',
    '',
    ' ',
    '0',
    'ß',
    '🙂',
  ])('[S3] %j is none of the words and passes', (text) => {
    expect(judge(text)).toEqual({ kind: 'pass', policyVersion: defaultPolicy.version })
    expect(judge({ [text]: [text] }).kind).toBe('pass')
  })

  test('[S3] base64 of noise passes, though it spells SSN', () => {
    const noise = 'q8Zr2LxSSNv9Tk4Wm1Ys7Bd0Hf3Jg6Pc5RnEaQt8Uw2Xi4Vo9Mz1LkCb'
    expect(judge(`data:image/png;base64,${noise}`).kind).toBe('pass')
    expect(judge('the SSN is q8Zr2Lxv9Tk4Wm1Ys7Bd0Hf3Jg6Pc5RnEaQt8Uw2Xi4Vo9Mz').kind).toBe('hold')
  })

  test('[S4] a finding names the rule, the place and the exact piece of the original', () => {
    const text = 'déjà vu — ｐａ\u200bｓｓｗｏｒｄ: 1'
    expect(findingsOf(judge({ a: ['x', { 'b/~c': text }] }))).toEqual([
      { reason: 'SENSITIVE_KEYWORD', rule: 'keyword.password', path: '/a/1/b~1~0c', start: 10, end: 19, excerpt: text },
    ])
    expect(findingsOf(judge({ list: [{ user_passWord: 7 }] }))).toEqual([
      {
        reason: 'SENSITIVE_KEYWORD',
        rule: 'keyword.password',
        path: '/list/0/user_passWord',
        start: 5,
        end: 13,
        inKey: true,
        excerpt: 'user_passWord',
      },
    ])
  })

  test('[S4] the piece of the original at a finding’s offsets folds to the keyword', () => {
    const filler = fc.string({ unit: 'grapheme', maxLength: 12 })
    const one = fc.record({ before: filler, after: filler, how: fc.constantFrom(...lettering), again: fc.nat(3) })
    fc.assert(
      fc.property(one, ({ before, after, how, again }) => {
        const text = `${before}; ${how[1]('secret key')} ;${after}`.repeat(again + 1)
        const found = findingsOf(judge(text)).filter(({ rule }) => rule === 'keyword.secret-key')
        expect(found).toHaveLength(again + 1)
        for (const { start, end, excerpt } of found) {
          expect(new FoldedText(text.slice(start, end)).text.toLowerCase()).toBe('secret key')
          expect(excerpt.length).toBeLessThanOrEqual(80)
        }
      }),
    )
  })

  test('[S4] of two keywords that start at one place the longer one is named; all that apply are', () => {
    expect(rulesIn('override_security_settings')).toEqual(['keyword.override-security-settings'])
    expect(rulesIn('override security settingsfile')).toEqual(['keyword.override-security'])
    expect(rulesIn(['override security', { ssn: 'delete all passwords' }])).toEqual([
      'keyword.delete-all',
      'keyword.override-security',
      'keyword.password',
      'keyword.ssn',
    ])
  })

  test('[S5] text is found in binary, in parts of binary, in Map keys and in numbers', () => {
    const utf8 = new TextEncoder().encode('the ｐａｓｓｗｏｒｄ')
    const broken = new Uint8Array([0xff, 0xd8, 0x00, ...new TextEncoder().encode('my password is'), 0xfe])
    expect(rulesIn(utf8)).toEqual(['keyword.password'])
    expect(findingsOf(judge([broken]))).toMatchObject([{ path: '/0', start: 6, end: 14 }])
    expect(rulesIn(new Map([['secret_key', 1]]))).toEqual(['keyword.secret-key'])
    const numbers = createGate(() => makePolicy({ keywords: [{ phrase: '4711', match: 'anywhere' }] }))
    for (const value of [47_11, 4711n, { n: [0.4711] }]) {
      expect(numbers.judge({ tenant: 't_test', queue: 'q', kind: 'text', value }).kind).toBe('hold')
    }
  })

  test('[S5] a policy’s own keywords are held in any script, beside the seed list', () => {
    const policy = makePolicy({
      keywords: [
        { phrase: 'Geheime Schlüssel', match: 'anywhere' },
        { phrase: 'пароль', match: 'word' },
      ],
    })
    const own = createGate(() => policy)
    const kind = (value: unknown) => own.judge({ tenant: 't_test', queue: 'q', kind: 'text', value }).kind
    for (const text of ['GEHEIME_SCHLÜSSEL', 'geheimeSchlu\u0308ssel', 'Мой ПАРОЛЬ', 'password'])
      expect(kind(text)).toBe('hold')
    expect(kind('schlüssel')).toBe('pass')
  })
})

function wrapped(how: string, value: unknown): unknown {
  if (how === 'list') return [0, value]
  if (how === 'map') return { a: 1, b: value }
  if (typeof value !== 'string') return new Map([['m', value]])
  return how === 'key' ? { [value]: true } : new TextEncoder().encode(value)
}
