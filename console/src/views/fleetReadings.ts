/** How the fleet did while the page was open: a reading every five seconds, of the last half hour. */
import { effect, signal, untracked } from '@preact/signals'
import type { AgentRecord, TaskRecord } from '../../../src/protocol/records.js'
import { station } from '../room.js'

export type Counts = Readonly<Record<string, number>>

export type Stats = {
  readonly cards: {
    readonly waiting: number
    readonly bySeverity: Counts
    readonly byReason: Counts
    readonly byAge: Counts
    readonly oldestAt?: number
    readonly decidedToday: Counts
  }
  readonly agents: Counts
  readonly tasks: Counts
}

export type Reading = {
  readonly at: number
  /** Tasks that ended since the reading before, a second. */
  readonly perSecond: number
  /** From submission to the end, of those that were completed last, ms. */
  readonly latencyMs: number
  readonly waiting: number
}

export const stats = signal<Stats | undefined>(undefined)
export const readings = signal<readonly Reading[]>([])

const everyMs = 5_000
/** Until there is a line to see. */
const firstMs = 1_000
const kept = 360
const lastTasks = 50
const ended = ['COMPLETED', 'APPROVED', 'REJECTED', 'FAILED', 'CANCELLED', 'EXPIRED']

let before: { readonly at: number; readonly ended: number } | undefined

async function read(): Promise<void> {
  const [counts, recent] = await Promise.all([
    station.ask({ type: 'stats' }) as Promise<unknown> as Promise<Stats>,
    station.ask({ type: 'tasks', status: 'COMPLETED', limit: lastTasks }),
  ])
  stats.value = counts
  const at = station.now()
  const all = ended.reduce((sum, status) => sum + (counts.tasks[status] ?? 0), 0)
  const last = before
  before = { at, ended: all }
  // The first one is what the next is measured by.
  if (last === undefined) return
  const perSecond = (Math.max(0, all - last.ended) / Math.max(1, at - last.at)) * 1_000
  const tasks = Array.isArray(recent.tasks) ? (recent.tasks as readonly TaskRecord[]) : []
  const reading = {
    at,
    perSecond,
    latencyMs: median(tasks.map(({ createdAt, updatedAt }) => updatedAt - createdAt)),
    waiting: counts.cards.waiting,
  }
  readings.value = [...readings.value, reading].slice(-kept)
}

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0

/** Goes on while somebody is signed in and there is a connection. */
export function watchFleet(): void {
  effect(() => {
    if (!station.isOpen.value) return
    let isOver = false
    const round = async () => {
      await read().catch(() => {})
      if (!isOver) setTimeout(() => isOver || void round(), readings.value.length < 2 ? firstMs : everyMs)
    }
    untracked(() => void round())
    return () => {
      isOver = true
      before = undefined
    }
  })
}

export const mostAgents = 1_000

export async function readAgents(): Promise<readonly AgentRecord[]> {
  const agents: AgentRecord[] = []
  let cursor: string | undefined
  do {
    const ack = await station.ask({ type: 'agents', limit: 256, cursor })
    agents.push(...(ack.agents as readonly AgentRecord[]))
    cursor = typeof ack.cursor === 'string' ? ack.cursor : undefined
  } while (cursor !== undefined && agents.length < mostAgents)
  return agents
}
