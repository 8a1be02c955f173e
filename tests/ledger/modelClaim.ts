/** Claiming, as the model does it: entry by entry, from the front of each lane. */
import type { Claimed, ClaimRequest, Fields, Patch } from '../../src/ledger/port.js'
import type { Entry, ModelShard } from './modelShard.js'
import { fieldsAfter } from './modelTransaction.js'

export type Claimer = {
  readonly state: ModelShard
  readonly holder: string
  readonly request: ClaimRequest
  readonly now: number
}

export function claimFrom({ state, holder, request, now }: Claimer): {
  claimed: Claimed[]
  overdue: Claimed[]
} {
  const claimed: Claimed[] = []
  const overdue: Claimed[] = []
  state.undo.begin()
  const takers = request.takers.map((patch, index) => ({ patch, index }))
  const order = [...request.lanes, ...request.lanes.map(({ lane }) => ({ lane, share: Number.POSITIVE_INFINITY }))]
  let bytes = 0
  for (const { lane, share } of order) {
    let left = share
    for (const entry of state.waiting(lane)) {
      if (left <= 0 || takers.length === 0) break
      const fields = state.records.get(entry.record)
      if (fields?.[request.entryField] !== entry.id) {
        state.lane(lane).delete(entry.id)
        continue
      }
      bytes += weightOf(fields)
      if (claimed.length + overdue.length > 0 && bytes > request.maxBytes) return { claimed, overdue }
      state.lane(lane).set(entry.id, { ...entry, holder })
      const due = fields[request.overdueField]
      if (typeof due === 'number' && now > due) {
        overdue.push(claimedOf(-1, entry, fields))
        continue
      }
      const taker = takers.splice(placeOf(takers, fields, request.avoid), 1)[0] ?? { patch: {}, index: 0 }
      const after = fieldsAfter(fieldsAfter(fields, request.writes), taker.patch)
      state.records.set(entry.record, after)
      claimed.push(claimedOf(taker.index, entry, after))
      left -= 1
    }
  }
  return { claimed, overdue }
}

const claimedOf = (taker: number, { lane, id, record }: Entry, fields: Fields): Claimed => ({
  taker,
  lane,
  entry: id,
  record,
  fields,
})

/** The first taker who isn't to be avoided, or the first. */
function placeOf(takers: readonly { readonly patch: Patch }[], fields: Fields, avoid: ClaimRequest['avoid']): number {
  if (avoid === undefined || fields[avoid.of] === undefined) return 0
  return Math.max(
    0,
    takers.findIndex(({ patch }) => patch[avoid.field] !== fields[avoid.of]),
  )
}

const weightOf = (fields: Fields): number =>
  Object.values(fields).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 8),
    0,
  )
