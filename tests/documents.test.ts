/** The documents at the root, held together with what they describe: knobs, the ledger, rooms, actors, files. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { flagOf, knobs, variableOf } from '../src/config.js'
import { openEmbeddedLedger } from '../src/ledger/embedded/openEmbeddedLedger.js'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

type Shown = { readonly expected: string; readonly fallback: unknown; readonly why: string; readonly isSecret?: true }

const rowOf = (name: keyof typeof knobs): string => {
  const { expected, fallback, why, isSecret }: Shown = knobs[name]
  const isNone = fallback === undefined || (Array.isArray(fallback) && fallback.length === 0)
  const given = isSecret ? variableOf(name) : flagOf(name)
  return `| \`${given}\` | ${isNone ? '' : `\`${fallback}\``} | ${expected} | ${why} |`
}

describe('README.md', () => {
  it('[DOCS4] has a row for each knob, and no other, as config.ts says it', () => {
    const rows = textOf('README.md')
      .split('\n')
      .filter((line) => /^\| `(--|CHIMERA_)/.test(line))
    expect(rows).toEqual((Object.keys(knobs) as (keyof typeof knobs)[]).map(rowOf))
  })

  it('[DOCS5] [G10] says what the embedded ledger tells its clients', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chimera-documents-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const ledger = await openEmbeddedLedger({ folder: join(folder, 'ledger'), clock: Date.now })
    const { durability, windowMs } = ledger.durability
    await ledger.close()
    expect(textOf('README.md')).toContain(`\`durability: "${durability}"\` and \`windowMs: ${windowMs}\``)
  })
})

describe('ARCHITECTURE.md', () => {
  const architecture = textOf('ARCHITECTURE.md')

  it('[DOCS6] has every room', () => {
    const rooms = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    expect(rooms.filter(({ name }) => !architecture.includes(`| \`${name}\` |`)).map(({ name }) => name)).toEqual([])
  })

  it('[DOCS6] speaks of functions and fields that are there', () => {
    const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name + readFileSync(join(source, name), 'utf8'))
    const words = new Set(code.flatMap((text) => text.match(/\w+/g) ?? []))
    const spoken = [...architecture.matchAll(/`([A-Za-z]+)(?:\.\w+)?`/g)].map(([, name = '']) => name)
    expect(spoken.filter((name) => !words.has(name))).toEqual([])
  })

  it('[DOCS6] has every actor with its supervision', () => {
    const actors = ['actors', 'review'].flatMap((room) =>
      readdirSync(join(source, room))
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => [
          ...readFileSync(join(source, room, name), 'utf8').matchAll(/^ {2}name: '(\w+)',\n {2}supervision: '(\w+)'/gm),
        ]),
    )
    expect(actors.length).toBeGreaterThan(0)
    const rows = architecture.split('\n')
    const missing = actors
      .filter(
        ([, name, supervision]) =>
          !rows.some((row) => row.startsWith(`| \`${name}\``) && row.endsWith(`| ${supervision} |`)),
      )
      .map(([, name, supervision]) => `${name}: ${supervision}`)
    expect(missing).toEqual([])
  })
})

describe('links', () => {
  const documents = ['.', 'docs', 'docs/decisions', 'examples/python'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  )

  it('[DOCS7] lead to files that are there', () => {
    const broken = documents.flatMap((document) =>
      [...textOf(document).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
        .filter(([, target = '']) => !existsSync(join(root, dirname(document), target)))
        .map(([link]) => `${document}: ${link}`),
    )
    expect(broken).toEqual([])
  })
})
