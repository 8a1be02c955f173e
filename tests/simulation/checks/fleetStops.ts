/** FC2: what operators stopped is handed out nowhere a second later, until they let it go on. */
import type { Patch, Scalar } from '../../../src/ledger/port.js'
import type { TaskFrame } from '../../../src/protocol/nodeFrames.js'
import {
  type FleetControl,
  fleetControlOf,
  isAgentOpen,
  isQueueOpen,
  openFleet,
} from '../../../src/tasks/fleetControl.js'
import { fleetKey } from '../../../src/tasks/keys.js'
import type { Finished } from '../checker.js'
import type { History } from '../history.js'

/** How things stood from `at` on. */
type Stood = { readonly at: number; readonly control: FleetControl }

const withinMs = 1_000

export function* fleetStops({ world }: Finished): Generator<string> {
  const { history, tenants } = world
  const timelines = new Map(tenants.map((tenant) => [tenant, timelineOf(history, fleetKey(tenant))]))
  for (const { at, to, frames } of history.told) {
    const { tenant, sub } = to.who
    const recently = during(timelines.get(tenant) ?? [], at - withinMs, at)
    for (const frame of frames) {
      if (frame.type !== 'task') continue
      const { id, queue } = (frame as unknown as TaskFrame).task
      const wasStopped = recently.every(({ control }) => !isQueueOpen(control, queue))
      const wasHeld = recently.every(({ control }) => !isAgentOpen(control, sub))
      if (wasStopped) yield `FC2 task ${id} left at ${at}, when ${queue} of ${tenant} had been stopped for a second`
      if (wasHeld) yield `FC2 task ${id} left at ${at} for ${sub}, who had been stopped for a second`
    }
  }
}

/** As the ledger carried it out. */
const timelineOf = ({ done }: History, record: string): readonly Stood[] => {
  const fields = new Map<string, Scalar>()
  const timeline: Stood[] = [{ at: 0, control: openFleet }]
  for (const { at, transaction } of done) {
    for (const write of transaction.writes) {
      if (write.kind !== 'put' || write.record !== record) continue
      apply(fields, write.fields)
      timeline.push({ at, control: fleetControlOf(Object.fromEntries(fields)) })
    }
  }
  return timeline
}

const apply = (fields: Map<string, Scalar>, patch: Patch): void => {
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name)
    else fields.set(name, value)
  }
}

/** All that stood at some moment of that time. */
const during = (timeline: readonly Stood[], from: number, to: number): readonly Stood[] =>
  timeline.filter(({ at }, i) => at <= to && (timeline[i + 1]?.at ?? Number.POSITIVE_INFINITY) > from)
