/** Texts judged by a policy, here and now: what it would hold, and why. */
import { fromJson } from '../protocol/json.js'
import { createGate, filtersOf } from '../safety/gate.js'
import type { TenantPolicy } from '../safety/policy/document.js'
import type { Verdict } from '../tasks/verdict.js'
import { excerpt } from './terminal.js'

export type Trial = { readonly line: number; readonly text: string; readonly verdict: Verdict }

/** One for each line that isn't empty. `asValues`: each is JSON, as an agent's output. No samples are drawn. */
export function* tryLines(
  policy: TenantPolicy,
  lines: readonly string[],
  about: { readonly queue: string; readonly at: number; readonly outputOf: (line: string, at: number) => unknown },
): Generator<Trial> {
  const gate = createGate(
    ({ queue }) => policy.forQueue(queue),
    filtersOf,
    () => 1,
  )
  for (const [at, text] of lines.entries()) {
    if (text.trim() === '') continue
    const value = about.outputOf(text, at + 1)
    const of = { task: 'trial', turn: at + 1 }
    const said = {
      tenant: 't_trial',
      queue: about.queue,
      kind: 'result',
      value,
      confidence: 1,
      of,
      at: about.at,
    } as const
    yield { line: at + 1, text, verdict: gate.judge(said) }
  }
}

export const outputIn = (json: unknown): unknown => fromJson(json)

export function trialLines({ line, text, verdict }: Trial): readonly string[] {
  const head = `${String(line).padStart(4)}  ${verdict.kind}  ${excerpt(text, 100)}`
  const lifts = (verdict.lifts ?? []).map(
    ({ rule, path, why }) => `      allowed ${rule}${path === undefined ? '' : ` at ${path || '/'}`}: ${why}`,
  )
  if (verdict.kind === 'pass') return [head, ...lifts]
  const findings = verdict.findings.map(
    ({ rule, path, excerpt: piece }) => `      ${rule} at ${path || '/'}: ${excerpt(piece, 100)}`,
  )
  return [head, `      ${verdict.reason}, ${verdict.severity}: ${verdict.details}`, ...findings, ...lifts]
}
