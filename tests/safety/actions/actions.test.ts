import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actionFilter, actionRules } from '../../../src/safety/filters/actions/actionFilter.js'
import { createGate } from '../../../src/safety/gate.js'
import { defaultPolicy } from '../../../src/safety/policy.js'
import type { Finding, Verdict } from '../../../src/tasks/verdict.js'
import { combined, type Disguise, disguisesOf } from '../disguises.js'

const gate = createGate(
  () => defaultPolicy,
  () => [actionFilter],
)

function judge(value: unknown): Verdict {
  return gate.judge({ tenant: 't_test', queue: 'mail', kind: 'text', value })
}

function findingsIn(value: unknown): readonly Finding[] {
  const verdict = judge(value)
  return verdict.kind === 'hold' ? verdict.findings : []
}

const rulesIn = (value: unknown): readonly string[] => [...new Set(findingsIn(value).map(({ rule }) => rule))]

describe('dangerous actions', () => {
  for (const { id, hits, misses } of actionRules) {
    test.each(hits)(`[DA1] ${id} finds %j`, (text) => {
      expect(rulesIn(text)).toContain(id)
      expect(rulesIn({ steps: [`First:\n${text.toUpperCase()}`] }).length).toBeGreaterThan(0)
      expect(rulesIn({ run: text.replaceAll(' ', '  ') })).toContain(id)
    })
    test.each(misses)(`[DA1] ${id} passes %j`, (text) => {
      expect(rulesIn(text)).toEqual([])
    })
  }

  test('[DA2] a finding names the rule, the reason, the weight and the whole phrase', () => {
    const text = 'Then run sudo rm -v -rf /srv, please.'
    expect(judge({ plan: text })).toMatchObject({ reason: 'SENSITIVE_KEYWORD', severity: 'high' })
    expect(findingsIn({ plan: text })).toMatchObject([{ rule: 'action.file-wipe', path: '/plan', start: 14, end: 23 }])
    expect(findingsIn(`${'x'.repeat(50)} disable the main office firewall`)[0]).toMatchObject({ start: 51, end: 83 })
  })

  test('[DA2] at most so many words stand between, and no sentence ends there', () => {
    expect(judge('disable the old main office firewall').kind).toBe('pass')
    expect(judge('disable the firewall').kind).toBe('hold')
    expect(judge('Disable it. The firewall stays.').kind).toBe('pass')
    expect(judge('We wipe. All servers are up.').kind).toBe('pass')
  })

  test('[DA2] what has been done is told, not asked', () => {
    for (const text of ['All users were deleted.', 'The firewall was disabled.', 'Funds were transferred to her.']) {
      expect(rulesIn(text)).toEqual([])
    }
  })

  test('[DA3] a start that is a part of another start finds both families', () => {
    for (const order of [
      ['remove all users', 'Remove-Item x -Recurse -Force'],
      ['Remove-Item x -Recurse -Force', 'remove all users'],
    ]) {
      expect(order.flatMap(rulesIn).sort()).toEqual(['action.file-wipe', 'action.mass-deletion'])
    }
    for (const gap of [' ', '\t', '\n', '   ']) expect(rulesIn(`rm${gap}-rf${gap}/`)).toEqual(['action.file-wipe'])
  })

  test.each([
    'delete '.repeat(150_000),
    'rm -'.repeat(260_000),
    'rm -r -r -r -r '.repeat(68_000),
    'curl | '.repeat(150_000),
    `curl ${'a'.repeat(1_000_000)}`,
    'ignore all previous '.repeat(52_000),
    `disable ${'a '.repeat(500_000)}`,
    `delete from ${'a.'.repeat(500_000)}`,
    ':('.repeat(520_000),
    'a() { a | '.repeat(100_000),
    ' '.repeat(1_000_000),
    'transfer 1,000,000,'.repeat(55_000),
    'chmod '.repeat(170_000),
    'kubectl delete '.repeat(69_000),
    '\u0430dd '.repeat(200_000),
  ])('[DA4] a megabyte of a phrase’s beginnings is read to its end (%#)', (text) => {
    let places = 0
    const reading = { view: 'folded', text: `${text}; wipe everything`, inKey: false, label: () => '' } as const
    actionFilter.look(reading, () => {
      places += 1
    })
    expect(places).toBeGreaterThan(0)
  })
})

describe('actions in disguise', () => {
  // Phrases of words; what is a command means something sign by sign, and is told by its signs.
  const phrases = ['wipe everything', 'erase all records', 'drop table users', 'bypass security', 'disable firewalls']
  const commands = ['rm -rf /home', 'chmod -R 777 /srv', 'shutdown -h now', 'DROP DATABASE shop;']

  const expectHeld = (texts: readonly string[], how: readonly Disguise[]) => {
    const passed = texts.flatMap((text) =>
      how.filter(({ apply }) => judge(apply(text)).kind === 'pass').map(({ name }) => `${text}: ${name}`),
    )
    expect(passed).toEqual([])
  }

  test('[DA5] phrases are held in each disguise of words', () => {
    expectHeld(phrases, disguisesOf('words'))
  })

  // Spelled on top of what already stands between the letters, only the short seed words are still told; and spelled
  // together with words around it (tag characters), a phrase begins within a word.
  const words = disguisesOf('words')
  const between = words.filter(
    ({ layer, name }) => layer === 'invisible' || layer === 'spelling' || name.startsWith('tag'),
  )
  const spelledOver = new Set(
    between
      .flatMap((first) => words.map((second) => ({ first, second })))
      .filter(({ second }) => second.layer === 'spelling')
      .map(({ first, second }) => `${first.name}, then ${second.name}`),
  )
  // And where digits and signs stand for most letters of a word, it is taken for a number.
  const mostlyDigits = /^(?:digits|signs|ones) for .*, then (?:digits|signs|ones) for /
  const pairs = combined('words').filter(({ name }) => !spelledOver.has(name) && !mostlyDigits.test(name))

  test('[DA5] phrases are held in any two disguises of words', () => {
    fc.assert(
      fc.property(fc.constantFrom(...phrases), fc.constantFrom(...pairs), (phrase, { name, apply }) => {
        expect(judge(apply(phrase)).kind, `${phrase}, ${name}: ${JSON.stringify(apply(phrase))}`).toBe('hold')
      }),
      { numRuns: 400 },
    )
  })

  test('[DA5] commands are held in each disguise that keeps their signs', () => {
    expectHeld(
      commands,
      disguisesOf('secrets').filter(({ layer, name }) => layer !== 'spelling' && !name.includes('look-alikes')),
    )
  })
})
