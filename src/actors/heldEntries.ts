/** What the ledger says that this node holds in a shard: read after a claim whose answer was lost. */

import type { Desk } from '../tasks/desk.js'
import { taskKey } from '../tasks/keys.js'
import { held, type Procedure, read } from '../tasks/procedure.js'
import { taskOf } from '../tasks/task.js'
import type { AssignedMessage } from './dispatcher.js'

export type HeldByAgent = {
  readonly claimed: AssignedMessage
  readonly agent: string
  readonly connection: number
}

export function* findHeld(desk: Desk, shard: number): Procedure<readonly HeldByAgent[]> {
  const entries = yield* held(shard, desk.holder)
  const found: HeldByAgent[] = []
  for (let at = 0; at < entries.length; at += 256) {
    const page = entries.slice(at, at + 256)
    const records = yield* read(
      shard,
      page.map(({ record }) => record),
    )
    for (const [i, { lane, entry, record }] of page.entries()) {
      const fields = records[i]
      if (!fields || record !== taskKey(String(fields.id))) continue
      const task = taskOf(fields)
      if (task.agent === undefined || task.agentConnection === undefined) continue
      const claimed: AssignedMessage = { kind: 'assigned', shard, lane, entry, task, until: 0 }
      found.push({ claimed, agent: task.agent, connection: task.agentConnection })
    }
  }
  return found
}
