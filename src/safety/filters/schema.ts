/**
 * Holds outputs that don't fit the JSON Schema of their queue. What was said is looked at in its JSON form; deeper than
 * 256 levels, and what takes too long, is held as a fault of the gate.
 */

import { cutText, excerptMaxChars } from '../excerpt.js'
import type { Rule } from '../rule.js'
import type { SaidFilter } from './filter.js'
import type { Refused } from './pattern.js'
import { jsonFormOf, sentPointer } from './schema/jsonForm.js'
import { compileCheck, type SchemaCheck } from './schema/schemaCompiler.js'

const depthMax = 256

export const schemaRule: Rule = {
  id: 'schema.output',
  reason: 'SCHEMA',
  summary: 'it doesn’t fit the schema of its queue',
  finds: 'An output that the JSON Schema (2020-12) which the policy has for its queue doesn’t let in.',
  hits: [],
  misses: [],
}

export type CompiledSchema = { readonly kind: 'schema'; readonly check: SchemaCheck }

/** `path` of what is refused is a JSON pointer in the schema. Takes what `JSON.parse` gives. */
export function compileSchema(schema: unknown): CompiledSchema | Refused {
  const compiled = compileCheck(schema)
  return compiled.kind === 'refused' ? compiled : { kind: 'schema', check: compiled.check }
}

/** Results alone, and edits of them, have a schema: actions and texts are no outputs of a queue. */
export function schemaFilter({ check }: CompiledSchema): SaidFilter {
  return {
    kind: 'said',
    name: 'schema',
    look(said, report) {
      if (said.kind !== 'result' && said.kind !== 'edit') return
      const { id, reason } = schemaRule
      for (const { path, expected } of check(jsonFormOf(said.value, depthMax)) ?? []) {
        report.note(schemaRule, () => [
          { reason, rule: id, path: shortPointer(sentPointer(path)), excerpt: cutText(expected, excerptMaxChars) },
        ])
      }
    },
  }
}

const pointerMaxChars = 1_024

/** The nearest place above that has a pointer of a length to be shown. */
function shortPointer(pointer: string): string {
  if (pointer.length <= pointerMaxChars) return pointer
  return pointer.slice(0, pointer.lastIndexOf('/', pointerMaxChars))
}
