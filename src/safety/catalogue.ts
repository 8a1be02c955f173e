/**
 * Every rule that the gate comes with: what policies can name. It is read off the filters, so none can be missing.
 */

import { confidenceRule } from './filters/confidence.js'
import type { Filter } from './filters/filter.js'
import { keywordFilter } from './filters/keyword.js'
import { schemaRule } from './filters/schema.js'
import { filtersOf } from './gate.js'
import { hashOfOutput } from './outputHash.js'
import { sampleRule } from './policy/sample.js'
import { defaultTerms } from './policyTerms.js'
import type { Rule } from './rule.js'
import { seedKeywords } from './seedKeywords.js'

/** Raise it with each change of what filters find that their rules' texts don't show: it is part of each version. */
const judgeRevision = 2

export type CatalogueRule = Rule & {
  /** No policy can switch it off, and no allowance lifts it. */
  readonly isSeed: boolean
}

let known: ReadonlyMap<string, CatalogueRule> | undefined
let version: string | undefined

/** By id, in the order in which filters have them. */
export function catalogue(): ReadonlyMap<string, CatalogueRule> {
  known ??= read()
  return known
}

/** Changes with each rule and each of its texts. */
export function catalogueVersion(): string {
  version ??= hashOfOutput({ judgeRevision, rules: [...catalogue().values()] })
  return version
}

function read(): ReadonlyMap<string, CatalogueRule> {
  const seeds = new Set(keywordFilter(seedKeywords).rules.map(({ id }) => id))
  const everything = filtersOf({ ...defaultTerms, keywords: seedKeywords })
  const rules = [confidenceRule, schemaRule, ...everything.flatMap(rulesOf), sampleRule]
  return new Map(rules.map((rule) => [rule.id, { ...rule, isSeed: seeds.has(rule.id) }]))
}

const rulesOf = (filter: Filter): readonly Rule[] => (filter.kind === 'text' ? filter.rules : [])
