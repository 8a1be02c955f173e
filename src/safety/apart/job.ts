/**
 * What the node and a worker that judges for it tell each other. A job names the very bytes that are to be judged, and
 * an answer the hash of those that were: an answer for anything else counts as none.
 */

import { hash } from 'node:crypto'
import { type Reason, reasons, type Said, type Severity, type Verdict } from '../../tasks/verdict.js'

export type Job = Omit<Said, 'value'> & {
  readonly id: number
  readonly bytes: Uint8Array
  /** What the tenant's policy says; null: the default. */
  readonly document: string | null
  /** From 0 up to 1: what was drawn for its sample. */
  readonly drawn: number
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'judged'
      readonly id: number
      readonly judgedBytes: string
      readonly verdict: Verdict
      /** Of what is held; else empty. */
      readonly outputHash: string
    }

export const hashOfBytes = (bytes: Uint8Array): string => hash('sha256', bytes, 'base64')

/** Throws where a worker says what no worker says. */
export function readFromWorker(message: unknown): FromWorker {
  if (isRecord(message)) {
    const { kind, id, judgedBytes, verdict, outputHash } = message
    if (kind === 'ready') return { kind }
    const isAnswer = typeof id === 'number' && typeof judgedBytes === 'string' && typeof outputHash === 'string'
    if (kind === 'judged' && isAnswer && isVerdict(verdict)) {
      if (verdict.kind === 'pass' || outputHashLike.test(outputHash)) {
        return { kind, id, judgedBytes, verdict, outputHash }
      }
    }
  }
  throw new Error('the worker answered what is no verdict')
}

const outputHashLike = /^[0-9a-f]{64}$/
const severities: readonly unknown[] = ['high', 'normal', 'low'] satisfies readonly Severity[]
const known: readonly unknown[] = reasons satisfies readonly Reason[]

function isVerdict(verdict: unknown): verdict is Verdict {
  if (!isRecord(verdict) || typeof verdict.policyVersion !== 'string') return false
  const { kind, lifts = [], approvalsRequired = 1, reviewMs = 0 } = verdict
  if (!Array.isArray(lifts) || typeof approvalsRequired !== 'number' || typeof reviewMs !== 'number') return false
  if (kind === 'pass') return true
  const { reason, severity, details, findings } = verdict
  return (
    kind === 'hold' &&
    known.includes(reason) &&
    severities.includes(severity) &&
    typeof details === 'string' &&
    Array.isArray(findings) &&
    findings.every(isRecord)
  )
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
