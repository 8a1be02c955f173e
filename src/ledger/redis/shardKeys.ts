/**
 * What a shard's keys begin with. They share a hash tag, so a cluster keeps them in one slot; tags are chosen so that
 * the shards lie in the middles of equal parts of all slots, however the slots are spread over servers.
 */
import { slotCount, slotOf } from './connectionSlot.js'

/** `chimera:{4f}:`; what follows is said in `lua/`. */
export function shardPrefixes(cluster: string, shards: number): readonly string[] {
  return Array.from({ length: shards }, (_, shard) => `${cluster}:{${tagOf(middleOf(shard, shards))}}:`)
}

/** The slot of shard i of n. */
export const middleOf = (shard: number, shards: number): number => Math.floor(((shard + 0.5) * slotCount) / shards)

/** The shortest number, written with letters too, that falls into the slot. */
function tagOf(slot: number): string {
  for (let n = 0; ; n++) {
    const tag = n.toString(36)
    if (slotOf(tag) === slot) return tag
  }
}
