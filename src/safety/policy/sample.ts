/**
 * Now and then something that passes is held all the same, so that people see what passes. Which, follows from a secret
 * and the attempt: no agent can foretell it, and whoever judges the same attempt again comes to the same.
 */

import { createHmac } from 'node:crypto'
import type { Said, Verdict } from '../../tasks/verdict.js'
import type { GatePolicy } from '../policy.js'
import type { Rule } from '../rule.js'

/** From 0 up to 1, evenly, for an attempt. */
export type Draw = (of: NonNullable<Said['of']>) => number

export const sampleRule: Rule = {
  id: 'policy.sample',
  reason: 'POLICY',
  summary: 'it was drawn for a sample',
  severity: 'low',
  finds: 'So many of a hundred results that pass as `samplePercent` says, for somebody to look at.',
  hits: [],
  misses: [],
}

export function drawBy(key: Uint8Array): Draw {
  return ({ task, turn }) => createHmac('sha256', key).update(`${task}/${turn}`).digest().readUIntBE(0, 6) / 2 ** 48
}

/** Without a secret everything is drawn. */
export const drawAll: Draw = () => 0

export function isDrawn({ samplePercent }: GatePolicy, { kind, of }: Said, draw: Draw): boolean {
  return samplePercent > 0 && kind === 'result' && (of === undefined || draw(of) * 100 < samplePercent)
}

export function drawnVerdict(policy: GatePolicy, lifts: Verdict['lifts']): Extract<Verdict, { kind: 'hold' }> {
  const { id, reason, summary } = sampleRule
  const severity = policy.rules.get(id)?.severity ?? sampleRule.severity ?? policy.severities[reason]
  const approvalsRequired = policy.approvals[severity]
  const reviewMs = policy.reviewMs[severity]
  return {
    kind: 'hold',
    policyVersion: policy.version,
    reason,
    severity,
    details: `Held: ${summary}.`,
    findings: [{ reason, rule: id, path: '', excerpt: `${policy.samplePercent} % of what passes` }],
    ...(lifts === undefined ? {} : { lifts }),
    ...(approvalsRequired > 1 ? { approvalsRequired } : {}),
    ...(reviewMs === undefined ? {} : { reviewMs }),
  }
}
