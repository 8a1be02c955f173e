/**
 * Reads a schema before it is compiled: only keywords that mean something, references that stay within, and sizes that
 * can be compiled in a moment. A schema is written by a tenant's administrator and run in everybody's process.
 */

import type { Refused } from '../pattern.js'

/** Compiling takes some two milliseconds for each subschema, in which the node does nothing else. */
export const schemaLimits = { subschemas: 400, depth: 64, characters: 65_536 } as const

export type Schema = Readonly<Record<string, unknown>>

const inMaps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const inLists = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems'])
const alone = new Set([
  ...['items', 'contains', 'additionalProperties', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties'],
  ...['not', 'if', 'then', 'else', 'contentSchema'],
])
const plain = new Set([
  ...['type', 'enum', 'const', 'required', 'dependentRequired', 'format', 'pattern', '$ref', '$anchor'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains'],
  ...['minProperties', 'maxProperties'],
  ...['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'],
  ...['readOnly', 'writeOnly', 'contentEncoding', 'contentMediaType'],
])
const draft = 'https://json-schema.org/draft/2020-12/schema'

/** What one subschema says of itself; `path` is a JSON pointer in the schema. */
export type Subschema = { readonly path: string; readonly says: Schema }

class SchemaFault extends Error {
  readonly path: string

  constructor(path: string, reason: string) {
    super(reason)
    this.path = path
  }
}

/** All subschemas that aren't just true or false, the outermost first. */
export function walkSchema(
  schema: unknown,
): { readonly kind: 'subschemas'; readonly all: readonly Subschema[] } | Refused {
  const all: Subschema[] = []
  try {
    visit(schema, '', 0, all)
    checkReferences(all)
    return { kind: 'subschemas', all }
  } catch (fault) {
    if (fault instanceof SchemaFault) return { kind: 'refused', path: fault.path, reason: fault.message }
    throw fault
  }
}

function visit(schema: unknown, path: string, depth: number, all: Subschema[]): void {
  if (typeof schema === 'boolean') return
  if (!isObject(schema)) throw new SchemaFault(path, 'expected a schema: an object, true or false')
  if (depth > schemaLimits.depth) throw new SchemaFault(path, `expected at most ${schemaLimits.depth} levels`)
  all.push({ path, says: schema })
  if (all.length > schemaLimits.subschemas) {
    throw new SchemaFault('', `expected at most ${schemaLimits.subschemas} subschemas`)
  }
  for (const [keyword, says] of Object.entries(schema)) {
    const at = `${path}/${escapeToken(keyword)}`
    if (alone.has(keyword)) visit(says, at, depth + 1, all)
    else if (inLists.has(keyword)) visitList(says, at, depth, all)
    else if (inMaps.has(keyword)) visitMap(says, at, depth, all)
    else checkPlain(keyword, says, path, at)
  }
}

function visitList(says: unknown, path: string, depth: number, all: Subschema[]): void {
  if (!Array.isArray(says) || says.length === 0) throw new SchemaFault(path, 'expected a list of schemas')
  says.forEach((one, i) => {
    visit(one, `${path}/${i}`, depth + 1, all)
  })
}

function visitMap(says: unknown, path: string, depth: number, all: Subschema[]): void {
  if (!isObject(says)) throw new SchemaFault(path, 'expected schemas by name')
  for (const [name, one] of Object.entries(says)) {
    const at = `${path}/${escapeToken(name)}`
    if (name === '__proto__') throw new SchemaFault(at, 'expected another name than __proto__')
    visit(one, at, depth + 1, all)
  }
}

function checkPlain(keyword: string, says: unknown, path: string, at: string): void {
  if (!plain.has(keyword)) throw new SchemaFault(at, 'no keyword of JSON Schema 2020-12 that is known here')
  if (keyword === '$schema' && (path !== '' || (says !== draft && says !== `${draft}#`))) {
    throw new SchemaFault(at, `expected ${draft}`)
  }
  if (keyword === '$id' && path !== '') throw new SchemaFault(at, 'expected no $id within a schema')
}

/** Each reference leads to a subschema of this very schema. */
function checkReferences(all: readonly Subschema[]): void {
  const targets = new Set(all.flatMap(({ path, says }) => [`#${path}`, `#${String(says.$anchor)}`]))
  for (const { path, says } of all) {
    if (!('$ref' in says)) continue
    const reference = says.$ref
    if (typeof reference !== 'string' || !reference.startsWith('#')) {
      throw new SchemaFault(`${path}/$ref`, 'expected a reference within this schema, starting with #')
    }
    if (!targets.has(decoded(reference))) throw new SchemaFault(`${path}/$ref`, `nothing is at ${reference}`)
  }
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference)
  } catch {
    return reference
  }
}

function escapeToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
