/**
 * Which node should own a shard: rendezvous hashing (Thaler and Ravishankar, 1998).
 *
 * Each node gets a weight for the shard, and the heaviest has it. Nobody has to agree on more than who is there, and
 * when a node comes or goes only its own shards move.
 */

/** The one of `nodes` that should own the shard; undefined: there is none. */
export const placeOf = (shard: number, nodes: Iterable<string>): string | undefined => {
  let best: string | undefined
  let bestWeight = -1
  for (const node of nodes) {
    const weight = weightOf(node, shard)
    if (weight > bestWeight || (weight === bestWeight && best !== undefined && node < best)) {
      best = node
      bestWeight = weight
    }
  }
  return best
}

/** FNV-1a over both, then the last step of MurmurHash3: names that differ in a digit weigh nothing alike. */
const weightOf = (node: string, shard: number): number => {
  let hash = 0x811c9dc5
  const text = `${shard}/${node}`
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
