/**
 * The one file that knows `ajv`: turns a JSON Schema (2020-12) into a check that can't stall.
 *
 * Each subschema that is entered takes from a budget, and so does each text by its length and each value that is
 * compared: without that, references that double at each level, or unique items, take as long as a schema's author
 * likes. Patterns are RE2's. Over the budget it throws, and what was said is held.
 */

import { Ajv2020, type AnySchemaObject, type ErrorObject, type Options } from 'ajv/dist/2020.js'
import addFormats, { type FormatName } from 'ajv-formats'
import { canonicalForm } from '../../canonicalForm.js'
import { expressionOf, type Refused } from '../pattern.js'
import type { JsonForm } from './jsonForm.js'
import { type Schema, schemaLimits, walkSchema } from './schemaWalk.js'

/** What doesn't fit: a pointer in the JSON form, and what was expected there. Undefined: it fits. */
export type SchemaCheck = (value: JsonForm) => readonly Misfit[] | undefined
export type Misfit = { readonly path: string; readonly expected: string }

/** Some tens of nanoseconds each. */
const budget = 3_000_000
const formatMaxChars = 2_048
const misfitsMax = 8
const formats: readonly FormatName[] = [
  ...(['date-time', 'date', 'time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6'] as const),
  ...(['uri', 'uri-reference', 'uuid', 'json-pointer'] as const),
]
/** Keywords that list the names of what they look at. */
const nameKeywords = ['minProperties', 'maxProperties', 'propertyNames', 'additionalProperties', 'patternProperties']

/** The check of the schema itself, against that of all schemas. */
let metaCheck: Ajv2020 | undefined

export function compileCheck(given: unknown): { readonly kind: 'check'; readonly check: SchemaCheck } | Refused {
  const schema = copyOf(given)
  if (schema === undefined) {
    return refused('', `expected JSON of at most ${schemaLimits.characters} characters`)
  }
  const walked = walkSchema(schema)
  if (walked.kind === 'refused') return walked
  metaCheck ??= new Ajv2020({ strict: false, logger: false })
  if (typeof schema === 'object' && metaCheck.validateSchema(schema) !== true) {
    const fault = metaCheck.errors?.[0]
    return refused(fault?.instancePath ?? '', fault?.message ?? 'no JSON Schema')
  }
  for (const { path, says } of walked.all) {
    const fault = faultOf(says)
    if (fault !== undefined) return { ...fault, path: path + fault.path }
    prepare(says)
  }
  try {
    return { kind: 'check', check: checkOf(schema) }
  } catch (fault) {
    return refused('', fault instanceof Error ? fault.message : String(fault))
  }
}

function checkOf(schema: AnySchemaObject | boolean): SchemaCheck {
  const purse = new Purse()
  const ajv = new Ajv2020(optionsOf(purse))
  for (const keyword of ['enum', 'const', 'uniqueItems']) ajv.removeKeyword(keyword)
  const same = (value: unknown): string => {
    const form = canonicalForm(value)
    purse.spend(form.length / 16)
    return form
  }
  ajv.addKeyword({
    keyword: 'spend',
    validate: (cost: Cost, data: unknown) => purse.spendOn(cost, data),
  })
  ajv.addKeyword({
    keyword: 'enum',
    schemaType: 'array',
    error: { message: 'must be one of the values that are listed' },
    compile(values: readonly unknown[]) {
      const known = new Set(values.map(canonicalForm))
      return (data: unknown) => known.has(same(data))
    },
  })
  ajv.addKeyword({
    keyword: 'const',
    error: { message: 'must be the one value that is named' },
    compile(value: unknown) {
      const known = canonicalForm(value)
      return (data: unknown) => same(data) === known
    },
  })
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must hold no item twice' },
    compile: (isWanted: boolean) => (data: readonly unknown[]) =>
      !isWanted || new Set(data.map(same)).size === data.length,
  })
  for (const name of formats) ajv.addFormat(name, boundedFormat(name, purse))
  const fits = ajv.compile(schema)
  return (value) => {
    purse.fill()
    return fits(value) ? undefined : misfitsOf(fits.errors ?? [])
  }
}

/** `inlineRefs` would copy what is referred to each time: code that doubles. */
function optionsOf(purse: Purse): Options {
  return {
    strict: false,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    ownProperties: true,
    logger: false,
    code: {
      // The name of an expression is what ajv tells it by.
      regExp: Object.assign(
        (source: string) => {
          const expression = expressionOf(source)
          return {
            toString: () => `/${source}/`,
            test(text: string) {
              purse.spend(1 + text.length * 4)
              return expression.test(text)
            },
          }
        },
        { code: 'RE2' },
      ) as NonNullable<NonNullable<Options['code']>['regExp']>,
    },
  }
}

type Cost = { readonly steps: number; readonly listsNames: boolean }

class Purse {
  #left = budget

  fill(): void {
    this.#left = budget
  }

  spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new Error('holding it against the schema takes too long')
  }

  spendOn({ steps, listsNames }: Cost, data: unknown): true {
    this.spend(steps)
    if (typeof data === 'string') this.spend(data.length / 64)
    else if (listsNames && typeof data === 'object' && data !== null) this.spend(Object.keys(data).length)
    return true
  }
}

/** What can be told of one subschema before ajv sees it. */
function faultOf(says: Schema): Refused | undefined {
  if (typeof says.format === 'string' && !formats.some((name) => name === says.format)) {
    return refused('/format', `expected one of ${formats.join(', ')}`)
  }
  const sources = typeof says.pattern === 'string' ? [['/pattern', says.pattern] as const] : []
  const named = Object.keys(isObject(says.patternProperties) ? says.patternProperties : {})
  for (const [path, source] of [...sources, ...named.map((name) => ['/patternProperties', name] as const)]) {
    try {
      expressionOf(source)
    } catch (fault) {
      return refused(path, fault instanceof Error ? fault.message : String(fault))
    }
  }
  return undefined
}

/** Its own copy: what it costs is written in, and what would lead elsewhere is taken out. */
function prepare(says: Schema): void {
  const own = says as Record<string, unknown>
  for (const keyword of ['$schema', '$id', 'default', 'examples']) delete own[keyword]
  const required = Array.isArray(says.required) ? says.required.length : 0
  const named = isObject(says.properties) ? Object.keys(says.properties).length : 0
  const cost: Cost = {
    steps: 1 + Object.keys(says).length + required + named,
    listsNames: nameKeywords.some((keyword) => keyword in says),
  }
  own.spend = cost
}

function boundedFormat(name: FormatName, purse: Purse): (text: string) => boolean {
  const format = addFormats.default.get(name)
  const check: unknown = typeof format === 'object' && 'validate' in format ? format.validate : format
  return (text) => {
    purse.spend(1 + text.length)
    if (text.length > formatMaxChars) return false
    if (check instanceof RegExp) return check.test(text)
    return (check as (text: string) => unknown)(text) === true
  }
}

/** The last is the outermost; of each place the first that was said of it. */
function misfitsOf(errors: readonly ErrorObject[]): readonly Misfit[] {
  const byPath = new Map<string, Misfit>()
  for (const { instancePath, params, message } of errors) {
    const unknownName: unknown = params.additionalProperty ?? params.unevaluatedProperty
    const path = typeof unknownName === 'string' ? `${instancePath}/${escapeToken(unknownName)}` : instancePath
    if (!byPath.has(path)) byPath.set(path, { path, expected: message ?? 'must fit the schema' })
  }
  return [...byPath.values()].slice(0, misfitsMax)
}

function copyOf(schema: unknown): AnySchemaObject | boolean | undefined {
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema)) return undefined
  try {
    const text = JSON.stringify(schema)
    if (text.length > schemaLimits.characters) return undefined
    return JSON.parse(text) as AnySchemaObject
  } catch {
    return undefined
  }
}

function refused(path: string, reason: string): Refused {
  return { kind: 'refused', path, reason }
}

function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
