/**
 * What a node tells Prometheus. The one file that knows the client library.
 *
 * Everything is counted in plain fields and gathered when it is asked for. Labels are roles, codes and reasons, never
 * ids: neither a tenant's size nor its doings show, and the number of series stays what it is.
 */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { Counters } from './counters.js'
import { Distribution } from './distribution.js'
import { histogramText } from './histogramText.js'

/** Read at each scrape. What isn't there yet is left out. */
export type MetricSources = {
  readonly connections?: () => Readonly<Record<string, number>>
  readonly mailboxDepth?: () => { readonly work: number; readonly control: number }
  /** Cards that wait, by severity, and the age of the oldest. */
  readonly cards?: () => { readonly waiting: Readonly<Record<string, number>>; readonly oldestMs: number }
}

export interface Metrics {
  readonly count: (what: string, n: number) => void
  /** Transactions in one call on the ledger. */
  readonly commitSize: Distribution
  readonly commitMs: Distribution
  /** From a task's becoming claimable to its leaving for an agent. */
  readonly dispatchMs: Distribution
  readonly gateMs: Distribution
  read(): Promise<{ readonly contentType: string; readonly text: string }>
}

const millis = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000]
const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** Families of counters: their names to Prometheus, and what their label is called. */
const families: Readonly<Record<string, readonly [name: string, label: string, help: string]>> = {
  refused: ['chimera_refused_total', 'code', 'Requests answered with an error'],
  refusedUpgrade: ['chimera_refused_upgrades_total', 'status', 'Upgrades answered with an HTTP status'],
  dropped: ['chimera_dropped_total', 'reason', 'Frames and messages that were let go of'],
  closed: ['chimera_closed_total', 'code', 'Connections closed by the node'],
  verdict: ['chimera_verdicts_total', 'verdict', 'Verdicts of the gate'],
  deadLetter: ['chimera_dead_letters_total', 'reason', 'Messages that reached no step'],
  events: ['chimera_events_total', 'event', 'Whatever else is counted'],
}

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry()
  const counters = new Counters()
  const distributions = {
    commitSize: new Distribution(sizes),
    commitMs: new Distribution(millis),
    dispatchMs: new Distribution(millis),
    gateMs: new Distribution(millis),
  }
  collectDefaultMetrics({ register: registry, prefix: 'chimera_' })
  addCounters(registry, counters)
  addGauges(registry, sources)
  const histograms = () => [
    histogramText('chimera_commit_size', 'Transactions in one call on the ledger', distributions.commitSize, 1),
    histogramText('chimera_commit_seconds', 'Time of one call on the ledger', distributions.commitMs, 1_000),
    histogramText('chimera_dispatch_seconds', 'From claimable to sent', distributions.dispatchMs, 1_000),
    histogramText('chimera_gate_seconds', 'Time of one verdict', distributions.gateMs, 1_000),
  ]
  return {
    ...distributions,
    count: (what, n) => counters.add(what, n),
    read: async () => ({
      contentType: registry.contentType,
      text: [await registry.metrics(), ...histograms()].join('\n'),
    }),
  }
}

function addCounters(registry: Registry, counters: Counters): void {
  for (const [family, [name, label, help]] of Object.entries(families)) {
    const counter = new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect: () => {
        counter.reset()
        for (const [of, what, count] of counters.entries())
          if (familyOf(of) === family) counter.inc({ [label]: what }, count)
      },
    })
  }
}

function familyOf(name: string): string {
  return Object.hasOwn(families, name) ? name : 'events'
}

function addGauges(registry: Registry, { connections, mailboxDepth, cards }: MetricSources): void {
  if (connections !== undefined) addGauge(registry, 'chimera_connections', 'Open connections', 'role', connections)
  if (mailboxDepth !== undefined)
    addGauge(registry, 'chimera_mailbox_depth', 'Messages that wait for actors', 'lane', () => ({ ...mailboxDepth() }))
  if (cards === undefined) return
  addGauge(registry, 'chimera_cards_waiting', 'Review cards that wait', 'severity', () => cards().waiting)
  const oldest = new Gauge({
    name: 'chimera_cards_oldest_seconds',
    help: 'Age of the oldest card that waits',
    registers: [registry],
    collect: () => {
      oldest.set(cards().oldestMs / 1_000)
    },
  })
}

function addGauge(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  values: () => Readonly<Record<string, number>>,
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect: () => {
      for (const [of, value] of Object.entries(values())) gauge.set({ [label]: of }, value)
    },
  })
}
