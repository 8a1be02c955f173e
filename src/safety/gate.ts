/**
 * The gate: judges what an agent said by the policy in force.
 *
 * Everything that goes wrong on the way becomes a hold, and no part's failure keeps the others from being heard: a
 * reviewer sees what was found as well as what failed.
 */

import type { Gate, Said } from '../tasks/verdict.js'
import { confidenceFilter } from './filters/confidence.js'
import type { Filter, TextFilter } from './filters/filter.js'
import { keywordFilter } from './filters/keyword.js'
import type { GatePolicy } from './policy.js'
import { Report } from './report.js'
import { walkTexts } from './textWalk.js'
import { SeenText } from './views/seenText.js'

/** The policy in force for what was said; undefined, or a throw, holds it. */
export type PolicyFor = (said: Said) => GatePolicy | undefined

/** The version that verdicts name where there is no policy. */
export const noPolicyVersion = 'none'

/** `filtersFor` says what a policy is judged with; policies are immutable, so it is asked once for each. */
export function createGate(
  policyFor: PolicyFor,
  filtersFor: (policy: GatePolicy) => readonly Filter[] = filtersOf,
): Gate {
  const filtersOfPolicy = new WeakMap<GatePolicy, readonly Filter[]>()

  function rememberedFilters(policy: GatePolicy): readonly Filter[] {
    const known = filtersOfPolicy.get(policy)
    if (known !== undefined) return known
    const filters = filtersFor(policy)
    filtersOfPolicy.set(policy, filters)
    return filters
  }

  return {
    judge(said) {
      const report = new Report()
      let policy: GatePolicy | undefined
      try {
        policy = policyFor(said)
        if (policy === undefined) throw new Error('no policy is in force')
        applyFilters(rememberedFilters(policy), policy, said, report)
      } catch (fault) {
        report.noteFault('policy', fault)
      }
      return report.verdict(policy?.version ?? noPolicyVersion, policy?.severities)
    },
  }
}

export function filtersOf(policy: GatePolicy): readonly Filter[] {
  return [confidenceFilter(policy.confidenceThreshold), keywordFilter(policy.keywords)]
}

function applyFilters(filters: readonly Filter[], policy: GatePolicy, said: Said, report: Report): void {
  // Filters of texts; one that failed is taken out, for it has said all it can say.
  const readers = new Set<TextFilter>()
  for (const filter of filters) {
    if (filter.kind === 'text') readers.add(filter)
    else unlessItFails(filter, report, () => filter.look(said, report))
  }
  try {
    walkTexts(said.value, policy.limits, (original, place) => {
      const text = new SeenText(original, place)
      for (const reader of readers) {
        if (!unlessItFails(reader, report, () => readText(reader, text, report))) readers.delete(reader)
      }
    })
  } catch (fault) {
    report.noteFault('reading', fault)
  }
}

function readText(reader: TextFilter, text: SeenText, report: Report): void {
  for (const name of reader.views) {
    const view = text.view(name)
    if (view === undefined) continue
    reader.look(text.reading(view), (rule, span) => report.note(rule, () => text.findings(rule, view, span)))
  }
}

/** False: it failed, which is noted. */
function unlessItFails({ name }: Filter, report: Report, look: () => void): boolean {
  try {
    look()
    return true
  } catch (fault) {
    report.noteFault(name, fault)
    return false
  }
}
