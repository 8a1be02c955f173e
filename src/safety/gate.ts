/**
 * The gate: judges what an agent said by the policy in force.
 *
 * Everything that goes wrong on the way becomes a hold, and no part's failure keeps the others from being heard: a
 * reviewer sees what was found as well as what failed.
 */

import type { Gate, Said } from '../tasks/verdict.js'
import { actionFilter } from './filters/actions/actionFilter.js'
import { confidenceFilter } from './filters/confidence.js'
import type { Filter, SaidFilter, TextFilter } from './filters/filter.js'
import { keywordFilter } from './filters/keyword.js'
import { patternFilters } from './filters/pattern.js'
import { piiFilter } from './filters/pii/piiFilter.js'
import { schemaFilter } from './filters/schema.js'
import { secretsFilter } from './filters/secrets/secretsFilter.js'
import { wordLists } from './filters/words/wordLists.js'
import { harshest, rulingOf } from './policy/ruling.js'
import { type Draw, drawAll, drawnVerdict, isDrawn } from './policy/sample.js'
import type { GatePolicy } from './policy.js'
import type { PolicyTerms } from './policyTerms.js'
import { Report } from './report.js'
import { allMeans, PlainNames, type Readers, type ReadingMeans, readTexts } from './textReader.js'

/** The policy in force for what was said; undefined, or a throw, holds it. */
export type PolicyFor = (said: Said) => GatePolicy | undefined

/** The version that verdicts name where there is no policy. */
export const noPolicyVersion = 'none'

/**
 * `filtersFor` says what a policy is judged with; policies are immutable, so it is asked once for each. `draw` picks what
 * is held as a sample; `means` are what texts are read with.
 */
export function createGate(
  policyFor: PolicyFor,
  filtersFor: (policy: GatePolicy) => readonly Filter[] = filtersOf,
  draw: Draw = drawAll,
  means: ReadingMeans = allMeans,
): Gate {
  const filtersOfPolicy = new WeakMap<GatePolicy, SortedFilters>()

  function rememberedFilters(policy: GatePolicy): SortedFilters {
    const known = filtersOfPolicy.get(policy)
    if (known !== undefined) return known
    const filters = sorted(filtersFor(policy).filter((filter) => hasWork(filter, policy)))
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
        applyFilters(rememberedFilters(policy), policy, said, report, means)
      } catch (fault) {
        report.noteFault('policy', fault)
      }
      if (policy === undefined) return report.verdict(harshest(noPolicyVersion))
      const verdict = report.verdict(rulingOf(policy, said))
      const isPass = verdict.kind === 'pass'
      return isPass && isDrawn(policy, said, draw) ? drawnVerdict(policy, verdict.lifts) : verdict
    },
  }
}

export function filtersOf(policy: PolicyTerms): readonly Filter[] {
  const lists = wordLists.filter(({ name }) => policy.words.get(name) !== false)
  return [
    confidenceFilter(policy.confidenceThreshold),
    ...(policy.schema === null ? [] : [schemaFilter(policy.schema)]),
    keywordFilter(policy.keywords, lists),
    actionFilter,
    secretsFilter(),
    piiFilter(),
    ...patternFilters(policy.patterns),
  ]
}

/** A filter whose rules are all off needn't look. */
const hasWork = (filter: Filter, { rules }: GatePolicy): boolean =>
  filter.kind === 'said' || filter.rules.length === 0 || filter.rules.some(({ id }) => rules.get(id)?.isOn !== false)

type SortedFilters = { readonly ofSaid: readonly SaidFilter[]; readonly readers: Readers }

function sorted(filters: readonly Filter[]): SortedFilters {
  const ofSaid: SaidFilter[] = []
  const ofTexts: TextFilter[] = []
  for (const filter of filters) {
    if (filter.kind === 'text') ofTexts.push(filter)
    else ofSaid.push(filter)
  }
  return { ofSaid, readers: { filters: ofTexts, plainNames: new PlainNames() } }
}

function applyFilters(
  { ofSaid, readers }: SortedFilters,
  policy: GatePolicy,
  said: Said,
  report: Report,
  means: ReadingMeans,
): void {
  for (const filter of ofSaid) {
    try {
      filter.look(said, report)
    } catch (fault) {
      report.noteFault(filter.name, fault)
    }
  }
  try {
    readTexts(said.value, policy.limits, readers, report, means)
  } catch (fault) {
    report.noteFault('reading', fault)
  }
}
