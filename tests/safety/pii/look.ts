/** What the PII filter finds, in one text alone or in all texts and views of a value. */
import { piiFilter } from '../../../src/safety/filters/pii/piiFilter.js'
import { createGate } from '../../../src/safety/gate.js'
import { defaultPolicy } from '../../../src/safety/policy.js'
import { FoldedText } from '../../../src/safety/views/folded.js'
import type { Finding } from '../../../src/tasks/verdict.js'

export type Seen = { readonly rule: string; readonly text: string }

/** In the folded view, each place once, with these names of fields around it. */
export function seenIn(original: string, label = ''): readonly Seen[] {
  const { text } = new FoldedText(original)
  const seen = new Map<string, Seen>()
  piiFilter().look({ view: 'folded', text, inKey: false, label: () => label }, ({ id }, { start, end }) => {
    seen.set(`${id} ${start} ${end}`, { rule: id, text: text.slice(start, end) })
  })
  return [...seen.values()]
}

/** By the rules alone. */
export function rulesIn(original: string, label = ''): readonly string[] {
  return [...new Set(seenIn(original, label).map(({ rule }) => rule))].sort()
}

const gate = createGate(
  () => defaultPolicy,
  () => [piiFilter()],
)

/** With this filter alone in the gate. Throws where it failed. */
export function findingsIn(value: unknown): readonly Finding[] {
  const verdict = gate.judge({ tenant: 't_test', queue: 'mail', kind: 'text', value })
  if (verdict.kind === 'pass') return []
  if (verdict.reason !== 'PII') throw new Error(verdict.details)
  return verdict.findings
}
