/** Whether a guard holds, as the shard stands. */
import type { Guard, Holder } from '../port.js'
import { byteString } from './names.js'
import { isSame } from './scalars.js'
import type { ShardState } from './shardState.js'

export function isHeld(guard: Guard, shard: ShardState, caller: Holder): boolean {
  switch (guard.kind) {
    case 'absent':
      return shard.records.find(guard.record).row === undefined
    case 'equals': {
      const value = shard.records.field(shard.records.find(guard.record), guard.field)
      return guard.value === null ? value === undefined : isSame(value, guard.value)
    }
    case 'below': {
      const value = shard.records.field(shard.records.find(guard.record), guard.field)
      return value === undefined || (typeof value === 'number' && value < guard.n)
    }
    case 'holds':
      return shard.lanes.pending(guard.lane, guard.entry)?.holder === (guard.holder ?? caller)
    case 'pending':
      return shard.lanes.pending(guard.lane, guard.entry) !== undefined
    case 'epoch':
      return shard.epoch === guard.n
    case 'atMost':
      byteString(guard.lane)
      return shard.lanes.size(guard.lane) <= guard.n
  }
}
