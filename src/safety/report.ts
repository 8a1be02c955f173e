/**
 * What the filters found in one thing that was said, and the verdict that follows from it: nothing noted, it passes.
 *
 * It keeps a bounded number of findings however many there are, and of each rule its first: a thousand harmless hits
 * don't push the one that matters off the card.
 */

import { type Finding, type Reason, reasons, type Severity, type Verdict } from '../tasks/verdict.js'
import { cutText, excerptMaxChars } from './excerpt.js'
import type { Rule } from './rule.js'

const findingsMax = 64
const whyMaxChars = 160

/** What of a rule a verdict tells. */
export type Told = Pick<Rule, 'id' | 'reason' | 'summary' | 'severity'>

type Note = {
  readonly rule: Told
  readonly findings: Finding[]
  places: number
}

export class Report {
  /** Most of what is said has none. */
  #notes: Map<string, Note> | undefined

  /** One place where a rule applied. Its findings are made only where they are kept. */
  note(rule: Told, findings: () => readonly Finding[]): void {
    this.#notes ??= new Map()
    let note = this.#notes.get(rule.id)
    if (note === undefined) {
      note = { rule, findings: [], places: 0 }
      this.#notes.set(rule.id, note)
    }
    note.places += 1
    if (note.findings.length < findingsMax) note.findings.push(...findings())
  }

  /** A part of the gate could not do its work. */
  noteFault(part: string, fault: unknown): void {
    const id = `gate.${part}`
    const why = messageOf(fault)
    this.note({ id, reason: 'GATE_ERROR', summary: `it could not be judged (${part}: ${why})` }, () => [
      { reason: 'GATE_ERROR', rule: id, path: '', excerpt: cutText(why, excerptMaxChars) },
    ])
  }

  verdict(policyVersion: string, severities: Readonly<Record<Reason, Severity>> | undefined): Verdict {
    if (this.#notes === undefined) return { kind: 'pass', policyVersion }
    const notes = [...this.#notes.values()].sort((a, b) => weightOf(a) - weightOf(b))
    const reason = notes[0]?.rule.reason ?? 'GATE_ERROR'
    const findings = chosenFindings(notes)
    const severity = heaviest(notes.map(({ rule }) => rule.severity ?? severities?.[rule.reason] ?? 'high'))
    return { kind: 'hold', policyVersion, reason, severity, details: detailsOf(notes, findings.length), findings }
  }
}

const weightOf = ({ rule }: Note): number => reasons.indexOf(rule.reason)

const heaviest = (severities: readonly Severity[]): Severity =>
  severities.includes('high') ? 'high' : severities.includes('normal') ? 'normal' : 'low'

/** The first of each rule, then the second of each, and so on while there is room; told rule by rule. */
function chosenFindings(notes: readonly Note[]): readonly Finding[] {
  const shares = notes.map(() => 0)
  let left = findingsMax
  for (let round = 0; round < findingsMax && left > 0; round += 1) {
    notes.forEach((note, i) => {
      if (left === 0 || note.findings.length <= round) return
      shares[i] = round + 1
      left -= 1
    })
  }
  return notes.flatMap((note, i) => note.findings.slice(0, shares[i]))
}

function detailsOf(notes: readonly Note[], listed: number): string {
  const clauses = notes.map(({ rule, places }) => (places > 1 ? `${rule.summary} in ${places} places` : rule.summary))
  const places = notes.reduce((sum, note) => sum + note.places, 0)
  const more = places > listed ? ` (${listed} of ${places} places are listed)` : ''
  return `Held: ${clauses.join('; ')}${more}.`
}

/** Whatever was thrown, and however it behaves when it is read. */
function messageOf(fault: unknown): string {
  try {
    const message = fault instanceof Error ? fault.message : String(fault)
    return cutText(message, whyMaxChars)
  } catch {
    return 'a fault that can’t be told'
  }
}
