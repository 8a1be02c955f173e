/** The life of each task as the ledger carried it out: one change of state after the other, from its transactions. */
import type { Fields, Patch, Transaction } from '../../src/ledger/port.js'
import { type OutcomeEntry, outcomeOf } from '../../src/tasks/entries.js'
import type { TaskStatus } from '../../src/tasks/task.js'
import type { History } from './history.js'
import { markersIn } from './words.js'

export type Change = {
  readonly order: number
  readonly to: TaskStatus
  /** What the transaction put into the record; of a claim: the whole record. */
  readonly fields: Patch
  readonly isClaim: boolean
}

export type Appended = { readonly order: number; readonly log: string; readonly entry: OutcomeEntry }

/** How one turn of a task ended. */
export type Ended = {
  readonly order: number
  readonly turn: number
  readonly by: string
  readonly status: string
  /** What was said in it, as far as it was kept. */
  readonly markers: readonly string[]
}

export type Life = {
  readonly id: string
  readonly changes: Change[]
  readonly ended: Ended[]
  readonly outcomes: Appended[]
}

const prefix = 'task/'

export const livesIn = ({ done, given }: History): ReadonlyMap<string, Life> => {
  const lives = new Map<string, Life>()
  const lifeOf = (id: string): Life => {
    const life = lives.get(id) ?? { id, changes: [], ended: [], outcomes: [] }
    lives.set(id, life)
    return life
  }
  const put = (
    record: string,
    fields: Patch,
    order: number,
    isClaim: boolean,
    markers: readonly string[] = [],
  ): void => {
    if (!record.startsWith(prefix)) return
    const life = lifeOf(record.slice(prefix.length))
    if (typeof fields.status === 'string')
      life.changes.push({ order, to: fields.status as TaskStatus, fields, isClaim })
    const ended = isClaim ? undefined : lastEnd(fields)
    if (ended !== undefined) life.ended.push({ order, ...ended, markers })
  }
  const events = [...done, ...given].sort((a, b) => a.order - b.order)
  for (const event of events) {
    const { order } = event
    if ('claimed' in event) {
      for (const { record, fields } of event.claimed) put(record, fields, order, true)
      continue
    }
    for (const write of event.transaction.writes) {
      if (write.kind === 'put') put(write.record, write.fields, order, false, saidIn(event.transaction))
      if (write.kind !== 'append' || !write.log.startsWith('out/')) continue
      const entry = outcomeOf(write.entry)
      lifeOf(entry.task).outcomes.push({ order, log: write.log, entry })
    }
  }
  return lives
}

const saidIn = ({ writes }: Transaction): readonly string[] =>
  writes.flatMap((write) => {
    const values = write.kind === 'put' ? Object.values(write.fields) : []
    return values.flatMap((value) => (value instanceof Uint8Array ? markersIn(value) : []))
  })

const lastEnd = ({ ends }: Patch | Fields): Pick<Ended, 'turn' | 'by' | 'status'> | undefined => {
  if (typeof ends !== 'string' || ends === '') return undefined
  const [turn, by = '', status = ''] = ends.slice(ends.lastIndexOf(' ') + 1).split(':')
  return { turn: Number(turn), by, status }
}
