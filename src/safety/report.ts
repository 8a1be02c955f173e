/**
 * What the filters found in one thing that was said, and the verdict that follows from it: nothing noted, it passes.
 *
 * It keeps a bounded number of findings however many there are, and of each rule its first: a thousand harmless hits
 * don't push the one that matters off the card.
 */

import { type Finding, type Reason, reasons, type Severity, type Verdict } from '../tasks/verdict.js'
import { cutText, excerptMaxChars } from './excerpt.js'

const findingsMax = 64
const whyMaxChars = 160

type Note = {
  readonly reason: Reason
  readonly summary: string
  readonly findings: Finding[]
  places: number
}

export class Report {
  /** Most of what is said has none. */
  #notes: Map<string, Note> | undefined

  /** One place where a rule applied. `summary` is a clause for the details; a finding is made only where it is kept. */
  note(reason: Reason, rule: string, summary: string, finding: () => Finding): void {
    this.#notes ??= new Map()
    let note = this.#notes.get(rule)
    if (note === undefined) {
      note = { reason, summary, findings: [], places: 0 }
      this.#notes.set(rule, note)
    }
    note.places += 1
    if (note.findings.length < findingsMax) note.findings.push(finding())
  }

  /** A part of the gate could not do its work. */
  noteFault(part: string, fault: unknown): void {
    const rule = `gate.${part}`
    const why = messageOf(fault)
    this.note('GATE_ERROR', rule, `it could not be judged (${part}: ${why})`, () => {
      return { reason: 'GATE_ERROR', rule, path: '', excerpt: cutText(why, excerptMaxChars) }
    })
  }

  verdict(policyVersion: string, severities: Readonly<Record<Reason, Severity>> | undefined): Verdict {
    if (this.#notes === undefined) return { kind: 'pass', policyVersion }
    const notes = [...this.#notes.values()].sort((a, b) => reasons.indexOf(a.reason) - reasons.indexOf(b.reason))
    const reason = notes[0]?.reason ?? 'GATE_ERROR'
    const findings = chosenFindings(notes)
    const severity = severities?.[reason] ?? 'high'
    return { kind: 'hold', policyVersion, reason, severity, details: detailsOf(notes, findings.length), findings }
  }
}

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
  const clauses = notes.map(({ summary, places }) => (places > 1 ? `${summary} in ${places} places` : summary))
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
