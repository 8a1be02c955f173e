/**
 * What the filters found in one thing that was said, and the verdict that follows from it: nothing noted, it passes.
 *
 * It keeps a bounded number of findings however many there are, and of each rule its first: a thousand harmless hits
 * don't push the one that matters off the card.
 */

import { type Finding, type Lift, reasons, type Severity, type Verdict } from '../tasks/verdict.js'
import { cutText, excerptMaxChars } from './excerpt.js'
import { maskedFindings, type PrefixesOf } from './maskedFindings.js'
import type { Ruling, Told } from './policy/ruling.js'

const findingsMax = 64
const whyMaxChars = 160

/** Of so many places of a rule it is known which ones they were; of further ones only that there are some. */
const knownPlacesMax = 1_024

type Note = {
  readonly rule: Told
  readonly findings: Finding[]
  readonly known: Set<number>
  places: number
  hasMore: boolean
}

/** A place that is led back to the value only where it has to be. */
export interface ReportedPlace {
  /** The same for each way in which this place was read. */
  key(): number
  findings(rule: Told): readonly Finding[]
}

export class Report {
  /** Most of what is said has none. */
  #notes: Map<string, Note> | undefined

  /** One place where a rule applied. Its findings are made only where they are kept. */
  note(rule: Told, findings: () => readonly Finding[]): void {
    const note = this.#noteOf(rule)
    note.places += 1
    if (note.findings.length < findingsMax) note.findings.push(...findings())
  }

  /** The same, once for each place, in however many ways it was read. */
  noteAt(rule: Told, place: ReportedPlace): void {
    const note = this.#noteOf(rule)
    const { known } = note
    if (known.size >= knownPlacesMax) {
      note.hasMore = true
      return
    }
    const key = place.key()
    if (known.has(key)) return
    known.add(key)
    this.note(rule, () => place.findings(rule))
  }

  #noteOf(rule: Told): Note {
    this.#notes ??= new Map()
    const noted = this.#notes.get(rule.id)
    if (noted !== undefined) return noted
    const note = { rule, findings: [], known: new Set<number>(), places: 0, hasMore: false }
    this.#notes.set(rule.id, note)
    return note
  }

  /** A part of the gate could not do its work. */
  noteFault(part: string, fault: unknown): void {
    const id = `gate.${part}`
    const why = messageOf(fault)
    this.note({ id, reason: 'GATE_ERROR', summary: `it could not be judged (${part}: ${why})` }, () => [
      { reason: 'GATE_ERROR', rule: id, path: '', excerpt: cutText(why, excerptMaxChars) },
    ])
  }

  /** By what the policy makes of it. */
  verdict(ruling: Ruling): Verdict {
    const { policyVersion } = ruling
    if (this.#notes === undefined) return { kind: 'pass', policyVersion }
    const lifts: Lift[] = []
    const notes = [...this.#notes.values()].flatMap((note) => ruled(note, ruling, lifts))
    const lifted = lifts.length === 0 ? {} : { lifts }
    if (notes.length === 0) return { kind: 'pass', policyVersion, ...lifted }
    notes.sort((a, b) => weightOf(a) - weightOf(b))
    const reason = notes[0]?.rule.reason ?? 'GATE_ERROR'
    const findings = maskedFindings(chosenFindings(notes), secretsOf(notes), prefixesIn(notes))
    const severity = heaviest(notes.map(({ rule }) => ruling.severityOf(rule)))
    const approvals = ruling.approvalsFor(severity)
    const details = detailsOf(notes, findings.length)
    const reviewMs = ruling.reviewMsFor(severity)
    const review = {
      ...(approvals > 1 ? { approvalsRequired: approvals } : {}),
      ...(reviewMs === undefined ? {} : { reviewMs }),
    }
    return { kind: 'hold', policyVersion, reason, severity, details, findings, ...lifted, ...review }
  }
}

/** The note without what the policy lifts of it; empty where nothing is left. */
function ruled(note: Note, ruling: Ruling, lifts: Lift[]): readonly Note[] {
  const { rule, findings } = note
  if (ruling.isOff(rule)) return []
  // Of some places nothing was kept: nobody can say that those are allowed.
  if (findings.length >= findingsMax) return [note]
  const left: Finding[] = []
  for (const finding of findings) {
    const lift = ruling.lift(rule, finding)
    if (lift === undefined) left.push(finding)
    else if (lifts.length < findingsMax && !lifts.some((other) => isSameLift(other, lift))) lifts.push(lift)
  }
  if (left.length === findings.length) return [note]
  return left.length === 0 ? [] : [{ ...note, findings: left, places: Math.min(note.places, left.length) }]
}

/** All secrets; undefined where there are so many that some may not have been kept. */
function secretsOf(notes: readonly Note[]): readonly Finding[] | undefined {
  const secrets = notes.filter(({ rule }) => rule.reason === 'SECRET').flatMap(({ findings }) => findings)
  return secrets.length < findingsMax ? secrets : undefined
}

function prefixesIn(notes: readonly Note[]): PrefixesOf {
  return (id) => notes.find(({ rule }) => rule.id === id)?.rule.prefixes ?? []
}

const isSameLift = (a: Lift, b: Lift): boolean =>
  a.rule === b.rule && a.path === b.path && a.until === b.until && a.why === b.why

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
  const clauses = notes.map(({ rule, places, hasMore }) =>
    places > 1 ? `${rule.summary} in ${hasMore ? 'more than ' : ''}${places} places` : rule.summary,
  )
  const places = notes.reduce((sum, note) => sum + note.places, 0)
  const least = notes.some(({ hasMore }) => hasMore) ? 'more than ' : ''
  const more = places > listed ? ` (${listed} of ${least}${places} places are listed)` : ''
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
