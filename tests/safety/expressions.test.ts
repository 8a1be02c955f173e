/**
 * Every regular expression of the gate, asked of a checker: whatever a text says, none takes more than time in
 * proportion to it. Literals are read from the sources; those that are put together while modules load or filters of
 * the default policy are made are noted as they are made.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { check } from 'recheck'
import { parseAst } from 'rolldown/parseAst'
import { beforeAll, describe, expect, test } from 'vitest'

type Expression = { readonly file: string; readonly source: string; readonly flags: string }

const room = resolve(import.meta.dirname, '../../src/safety')
const files = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

function literalsIn(file: string): readonly Expression[] {
  const found: Expression[] = []
  const program = parseAst(readFileSync(join(room, file), 'utf8'), { lang: 'ts' })
  JSON.stringify(program, (_, value: unknown) => {
    if (isLiteral(value)) found.push({ file, source: value.regex.pattern, flags: value.regex.flags })
    return typeof value === 'bigint' ? String(value) : value
  })
  return found
}

function isLiteral(value: unknown): value is { readonly regex: { readonly pattern: string; readonly flags: string } } {
  return typeof value === 'object' && value !== null && 'regex' in value && value.regex !== null
}

/** What `make` makes by calling `RegExp`. */
async function madeBy(file: string, make: () => Promise<unknown>): Promise<readonly Expression[]> {
  const found: Expression[] = []
  const Builtin = globalThis.RegExp
  const noted = (expression: RegExp): RegExp => {
    found.push({ file, source: expression.source, flags: expression.flags })
    return expression
  }
  globalThis.RegExp = new Proxy(Builtin, {
    construct: (target, [source, flags]) => noted(new target(source, flags)),
    apply: (target, _, [source, flags]) => noted(target(source, flags)),
  })
  try {
    await make()
  } finally {
    globalThis.RegExp = Builtin
  }
  return found
}

/** How it is, in words; undefined where it takes time in proportion to the text. */
async function faultOf({ file, source, flags }: Expression): Promise<string | undefined> {
  for (const part of source.length > longSource ? alternativesOf(source) : [source]) {
    const { status, ...found } = await asked(part, flags)
    if (status === 'safe') continue
    const why = 'complexity' in found ? found.complexity?.summary : undefined
    return `${file}: /${part.slice(0, 200)}/${flags} is ${status} (${why ?? 'undecided'})`
  }
  return undefined
}

/**
 * What the checker can't prove it tries out, for some time: on a busy machine it takes what it had no time for to be at
 * fault. What is, it finds each time.
 */
async function asked(part: string, flags: string) {
  // It doesn't know the flag for offsets, which changes nothing of what is matched.
  const ask = () => check(part, flags.replace('d', ''), { timeout: 60_000 })
  let answer = await ask()
  for (let again = 0; again < 2 && answer.status !== 'safe'; again += 1) answer = await ask()
  return answer
}

/** Longer ones are too much for the checker at once. */
const longSource = 400

/**
 * The alternatives of an expression that is nothing but alternatives. What it costs at a place of the text is at most
 * what they cost there one after another: if each is fine, so is the whole.
 */
function alternativesOf(source: string): readonly string[] {
  const cuts: number[] = []
  let depth = 0
  let isInClass = false
  for (let at = 0; at < source.length; at += 1) {
    const sign = source[at]
    if (sign === '\\') at += 1
    else if (isInClass) isInClass = sign !== ']'
    else if (sign === '[') isInClass = true
    else if (sign === '(') depth += 1
    else if (sign === ')') depth -= 1
    else if (sign === '|' && depth === 0) cuts.push(at)
  }
  return [...cuts, source.length].map((cut, i) => source.slice(i === 0 ? 0 : (cuts[i - 1] ?? 0) + 1, cut))
}

const patientMs = 300_000
/** As many as there are cores here and in CI. */
const checksAtOnce = 2

describe('regular expressions of the gate', () => {
  const expressions: Expression[] = []

  beforeAll(async () => {
    expressions.push(...files.flatMap(literalsIn))
    for (const file of files) expressions.push(...(await madeBy(file, () => import(join(room, file)))))
    const { filtersOf } = await import('../../src/safety/gate.js')
    const { defaultPolicy } = await import('../../src/safety/policy.js')
    expressions.push(...(await madeBy('gate.ts', async () => filtersOf(defaultPolicy))))
  }, patientMs)

  test('[PI13] all are found, literals and those that are put together', async () => {
    expect(new Set(expressions.map(({ file }) => file))).toContain('gate.ts')
    expect(new Set(expressions.map(({ file }) => file))).toContain('views/folded.ts')
    await expect(faultOf({ file: 'x', source: '(a+)+b', flags: '' })).resolves.toContain('exponential')
    await expect(faultOf({ file: 'x', source: 'a+b', flags: 'g' })).resolves.toContain('polynomial')
  })

  test('[PI13] those that are nothing but alternatives are taken apart where they are', () => {
    expect(alternativesOf('a|b(c|d)|[|]|\\|e')).toEqual(['a', 'b(c|d)', '[|]', '\\|e'])
    expect(alternativesOf('')).toEqual([''])
  })

  test(
    '[PI14] take time in proportion to the text, whatever it says',
    async () => {
      const faults: string[] = []
      const different = [...new Map(expressions.map((one) => [`/${one.source}/${one.flags}`, one])).values()]
      const checkThem = async (): Promise<void> => {
        for (let one = different.pop(); one !== undefined; one = different.pop()) {
          const fault = await faultOf(one)
          if (fault !== undefined) faults.push(fault)
        }
      }
      await Promise.all(Array.from({ length: checksAtOnce }, checkThem))
      expect(faults).toEqual([])
    },
    patientMs,
  )
})
