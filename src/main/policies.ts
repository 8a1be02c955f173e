/** Policies between the ledger, where they are text, and the gate, which judges by them. */
import { freshMs, type KnownPolicy, type ReadPolicy } from '../actors/policyWatch.js'
import type { RevealTerms } from '../review/reveal.js'
import { type PolicyReading, readPolicyText, type TenantPolicy } from '../safety/policy/document.js'
import { defaultPolicy, type GatePolicy } from '../safety/policy.js'
import type { Said } from '../tasks/verdict.js'

export const defaultTenantPolicy: TenantPolicy = {
  get version() {
    return defaultPolicy.version
  },
  forQueue: () => defaultPolicy,
}

/** Null: this node can't make sense of it. */
export const policyIn = (document: string | null): (TenantPolicy & ReadPolicy) | null => {
  const reading = readingOf(document)
  return reading.kind === 'policy' ? reading.policy : null
}

const readingOf = (document: string | null): PolicyReading =>
  document === null ? { kind: 'policy', policy: defaultTenantPolicy } : readPolicyText(document, 'stored')

/** Undefined: it isn't known, or not lately enough for what no commit guards. */
export const policyInForce = (
  known: KnownPolicy | undefined,
  { queue, of }: Said,
  now: number,
): GatePolicy | undefined => {
  if (known === undefined || (of === undefined && now >= known.at + freshMs)) return undefined
  return policyOfQueue(known, queue)
}

/** Undefined: this node can't make sense of it. What `policyIn` made, the watch keeps as it is. */
export const policyOfQueue = ({ policy }: Pick<KnownPolicy, 'policy'>, queue: string): GatePolicy | undefined =>
  policy === null ? undefined : (policy as TenantPolicy).forQueue(queue)

/** Undefined: it isn't known. What can't be made sense of forbids it. */
export const revealTerms = (known: KnownPolicy | undefined, queue: string): RevealTerms | undefined =>
  known && { edition: known.stored.edition, mayReveal: policyOfQueue(known, queue)?.mayReveal ?? false }
