import { describe, expect, test } from 'vitest'
import { keywordFilter } from '../../../src/safety/filters/keyword.js'
import type { WordList } from '../../../src/safety/filters/words/wordList.js'
import { wordLists } from '../../../src/safety/filters/words/wordLists.js'
import { createGate } from '../../../src/safety/gate.js'
import { defaultPolicy, seedKeywords } from '../../../src/safety/policy.js'
import type { Verdict } from '../../../src/tasks/verdict.js'
import { combined, type Disguise, disguisesOf } from '../disguises.js'

function judgedBy(lists: readonly WordList[]): (value: unknown) => Verdict {
  const filter = keywordFilter(seedKeywords, lists)
  const gate = createGate(
    () => defaultPolicy,
    () => [filter],
  )
  return (value) => gate.judge({ tenant: 't_test', queue: 'mail', kind: 'text', value })
}

const judge = judgedBy(wordLists)
const judgeWith = (lists: readonly WordList[], value: unknown) => judgedBy(lists)(value)

function rulesIn(verdict: Verdict): readonly string[] {
  return verdict.kind === 'hold' ? [...new Set(verdict.findings.map(({ rule }) => rule))].sort() : []
}

const rules = keywordFilter([], wordLists).rules
const seeds = seedKeywords.map(({ phrase }) => phrase)
const alone = disguisesOf('words')

describe('word lists', () => {
  for (const { id, hits, misses } of rules) {
    test(`[WD1] ${id} finds its forms, as they are, in names, in capitals and in sentences, and passes what looks alike`, () => {
      for (const hit of hits) {
        const ways = [
          hit,
          hit.toUpperCase(),
          hit.normalize('NFD'),
          `(${hit.replaceAll(' ', '_')})`,
          `Bitte: ${hit}, 1.`,
        ]
        for (const text of ways) expect(rulesIn(judge(text)), text).toContain(id)
        expect(rulesIn(judge({ [hit]: 1 })), hit).toContain(id)
      }
      for (const miss of misses) expect(rulesIn(judge(miss)), miss).toEqual([])
    })
  }

  test('[WD1] each phrase of a list that says so has the reason and the weight that it says', () => {
    const own: WordList = {
      name: 'house',
      language: 'en',
      phrases: [
        { phrase: 'Project Aurora', match: 'anywhere', reason: 'POLICY', severity: 'low' },
        { phrase: 'NDA', forms: ['non-disclosure'], match: 'word' },
        { phrase: 'проект заря', match: 'anywhere' },
        { phrase: '机密', match: 'anywhere' },
      ],
    }
    expect(judgeWith([own], 'see project-aurora')).toMatchObject({ reason: 'POLICY', severity: 'low' })
    expect(rulesIn(judgeWith([own], 'under NDA, a non-disclosure; ПРОЕКТ  ЗАРЯ 此为机密文件'))).toEqual([
      'words.house-nda',
      'words.house-проект-заря',
      'words.house-机密',
    ])
    expect(judgeWith([own], 'Wanda and agendas, project launch').kind).toBe('pass')
    expect(judgeWith([own], 'password').kind).toBe('hold')
  })

  test('[WD2] a phrase of a list hides no seed word within it, nor another that starts with it', () => {
    const list: WordList = {
      name: 'x',
      language: 'en',
      phrases: [
        { phrase: 'password reset mail', match: 'anywhere' },
        { phrase: 'password reset', match: 'anywhere' },
      ],
    }
    expect(rulesIn(judgeWith([list], 'a password reset mail'))).toEqual([
      'keyword.password',
      'words.x-password-reset',
      'words.x-password-reset-mail',
    ])
  })

  test('[WD2] a list that is off finds nothing', () => {
    expect(judgeWith([], 'Mein Passwort, mot de passe, contraseña').kind).toBe('pass')
  })
})

describe('words in disguise', () => {
  const expectHeld = (texts: readonly string[], how: readonly Disguise[]) => {
    const passed = texts.flatMap((text) =>
      how.filter(({ apply }) => judge(apply(text)).kind === 'pass').map(({ name }) => `${text}: ${name}`),
    )
    expect(passed).toEqual([])
  }

  test('[WD3] each seed word is held in each disguise', () => {
    expectHeld(seeds, alone)
  })

  test('[WD3] each seed word is held in any two disguises', () => {
    // Three letters of other scripts make so short a piece of base64 that it is told from noise by nothing.
    const isTooShort = (seed: string, name: string) => seed.length === 3 && name.includes('then base64')
    for (const seed of seeds) {
      const pairs = combined('words').filter(({ name }) => !isTooShort(seed, name))
      expectHeld([seed], pairs)
    }
  })

  test('[WD3] phrases of lists are held in each disguise', () => {
    expectHeld(['Passwort', 'mot de passe', 'contrasena', 'tout supprimer', 'eliminar todo'], alone)
  })

  test.each([
    'assessment',
    'a55e55ment',
    'section 1.11',
    'pill',
    'spill5',
    'a 55 n 1',
    '5 snacks',
    'id5sn7',
    'V1StGXR8_Z5jdHi6B-myT',
    '2025-03-10T08:15:42.100Z',
    'business 5needs',
    'de1ete a11ocations',
  ])('[WD4] %j holds no seed word in any view', (text) => {
    expect(rulesIn(judge({ note: text }))).toEqual([])
  })
})
