/** SPEC.md and docs/requirements.md, held together with the tests that show what they say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const tests = import.meta.dirname
const root = join(tests, '..')

const ids = /[A-Z]+\d*/g
const isRequirement = (id: string): boolean => /^T\d{3}$/.test(id)

/** A test's name: ids in brackets first, maybe requirements in parentheses. `[S6]`, `[T010 G2]`, `[V1] (T001, T022)`. */
const namePattern = /\(\s*['"`]((?:\[[A-Z]+\d*(?: [A-Z]+\d*)*\] ?)+(?:\((?:T\d{3}(?:, )?)+\))?)/g

const idsIn = (text: string): readonly string[] => text.match(ids) ?? []

/** Ids of each name in the files of tests, contract suites included. */
const namesOf = (path: string): readonly (readonly string[])[] =>
  [...readFileSync(path, 'utf8').matchAll(namePattern)].map(([, head = '']) => idsIn(head))

const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
const namesByFile = new Map(files.map((name) => [`tests/${name}`, namesOf(join(tests, name))]))
const names = [...namesByFile.values()].flat()
const named = new Set(names.flat())

const spec = readFileSync(join(root, 'SPEC.md'), 'utf8').split('\n')
const rules = spec.flatMap((line) => /^(?:- )?\*\*([A-Z]+\d*)\*\* /.exec(line)?.[1] ?? [])

/** The refinements of each guarantee: their sentence, and what stands behind them. */
const refinements = (): readonly { readonly guarantee: string; readonly line: string; readonly by: string[] }[] => {
  let guarantee = ''
  return spec.flatMap((line) => {
    guarantee = line.startsWith('## ') ? '' : (/^\*\*(G\d+)\*\* /.exec(line)?.[1] ?? guarantee)
    if (guarantee === '' || !line.startsWith('- ')) return []
    return [{ guarantee, line, by: (/\(([^()]*)\)$/.exec(line)?.[1] ?? '').split(', ') }]
  })
}

describe('SPEC.md', () => {
  it('[DOCS1] has each rule once, each named by a test, and each id that a test names', () => {
    expect(rules.filter((rule, at) => rules.indexOf(rule) !== at)).toEqual([])
    expect(rules.filter((rule) => !named.has(rule))).toEqual([])
    expect([...named].filter((id) => !isRequirement(id) && !rules.includes(id))).toEqual([])
  })

  it('[DOCS2] refines each guarantee by rules, or by requirements whose tests name it', () => {
    const all = refinements()
    expect(new Set(all.map(({ guarantee }) => guarantee))).toEqual(new Set(rules.filter((id) => /^G\d/.test(id))))
    const shows = (id: string, guarantee: string): boolean =>
      isRequirement(id) ? names.some((one) => one.includes(id) && one.includes(guarantee)) : rules.includes(id)
    const wrong = all.flatMap(({ guarantee, line, by }) =>
      by.filter((id) => !shows(id, guarantee)).map((id) => `${guarantee}: ${line} (${id || 'nothing'})`),
    )
    expect(wrong).toEqual([])
  })
})

describe('docs/requirements.md', () => {
  const rows = readFileSync(join(root, 'docs/requirements.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && line.includes('tests/'))
    .map((line) => ({
      row: line,
      wanted: idsIn(line.split('|')[1] ?? '').filter(isRequirement),
      shownBy: [...line.matchAll(/`(tests\/[^`]+)`/g)].map(([, path = '']) => path),
    }))

  it('[DOCS3] names for each requirement tests that are there, and that name it', () => {
    expect(rows.flatMap(({ shownBy }) => shownBy.filter((path) => !existsSync(join(root, path))))).toEqual([])
    // A row is one matter that the plan had cut into several numbers: one of them in a test's name shows it.
    const untested = rows.filter(({ wanted, shownBy }) => {
      const inFiles = new Set(shownBy.flatMap((path) => namesByFile.get(path)?.flat() ?? []))
      return wanted.length > 0 && !wanted.some((id) => inFiles.has(id))
    })
    expect(untested).toEqual([])
    const wanted = new Set(rows.flatMap((row) => row.wanted))
    expect([...named].filter((id) => isRequirement(id) && !wanted.has(id))).toEqual([])
  })
})
