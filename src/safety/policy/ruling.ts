/** What a policy makes of what was found: which rules count, how much, and what is allowed. */

import type { Finding, Lift, Said, Severity } from '../../tasks/verdict.js'
import type { GatePolicy } from '../policy.js'
import type { Rule } from '../rule.js'
import { liftOf } from './allowance.js'

/** What of a rule a verdict tells. */
export type Told = Pick<Rule, 'id' | 'reason' | 'summary' | 'severity' | 'prefixes'>

export type Ruling = {
  readonly policyVersion: string
  isOff(rule: Told): boolean
  severityOf(rule: Told): Severity
  /** By which allowance the finding is none. */
  lift(rule: Told, finding: Finding): Lift | undefined
  approvalsFor(severity: Severity): number
  /** How long it may wait; undefined: as the node says. */
  reviewMsFor(severity: Severity): number | undefined
}

/** Everything counts, as much as can be. */
export const harshest = (policyVersion: string): Ruling => ({
  policyVersion,
  isOff: () => false,
  severityOf: ({ severity }) => severity ?? 'high',
  lift: () => undefined,
  approvalsFor: () => 1,
  reviewMsFor: () => undefined,
})

export function rulingOf(policy: GatePolicy, { value, at }: Said): Ruling {
  const { rules, severities, allowances, approvals, reviewMs } = policy
  return {
    policyVersion: policy.version,
    isOff: ({ id, reason }) => reason !== 'GATE_ERROR' && rules.get(id)?.isOn === false,
    severityOf: ({ id, severity, reason }) => rules.get(id)?.severity ?? severity ?? severities[reason],
    // A fault isn't something that was found: no policy says that it is none.
    lift: ({ id, reason }, finding) =>
      at === undefined || reason === 'GATE_ERROR' || allowances.length === 0
        ? undefined
        : liftOf(allowances, { rule: id, finding, value, at }),
    approvalsFor: (severity) => approvals[severity],
    reviewMsFor: (severity) => reviewMs[severity],
  }
}
