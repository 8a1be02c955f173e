/**
 * A policy as the gate judges by it: what holds in one queue. Its version is a hash of all that can change a verdict, the
 * rules themselves included, so that two nodes that name the same version judge alike.
 */

import { catalogueVersion } from './catalogue.js'
import { hashOfOutput } from './outputHash.js'
import { defaultTerms, type PolicyTerms } from './policyTerms.js'
import { seedKeywords } from './seedKeywords.js'

export { type Keyword, seedKeywords } from './seedKeywords.js'

export type GatePolicy = PolicyTerms & {
  /** `p_` and 16 hex digits. */
  readonly version: string
}

/** Terms that are plain data. */
type PlainTerms = Pick<PolicyTerms, 'confidenceThreshold' | 'keywords' | 'severities' | 'limits' | 'samplePercent'>

/** A policy of these terms; what isn't given is as in the default policy. */
export function makePolicy(terms: Partial<PlainTerms> = {}): GatePolicy {
  return policyWith({ ...defaultTerms, ...terms }, () => versionOf(terms))
}

/** The version is made when it is first asked for: it reads all rules. */
export function policyWith(terms: PolicyTerms, version: () => string): GatePolicy {
  let known: string | undefined
  return {
    ...terms,
    keywords: [...seedKeywords, ...terms.keywords],
    get version() {
      known ??= version()
      return known
    },
  }
}

/** Of a policy that says this, with the rules and defaults of this node. */
export function versionOf(says: unknown): string {
  return `p_${hashOfOutput({ says, catalogue: catalogueVersion(), defaults: plainDefaults() }).slice(0, 16)}`
}

function plainDefaults(): PlainTerms & Pick<PolicyTerms, 'approvals'> {
  const { confidenceThreshold, keywords, severities, limits, samplePercent, approvals } = defaultTerms
  return { confidenceThreshold, keywords, severities, limits, samplePercent, approvals }
}

export const defaultPolicy: GatePolicy = makePolicy()
