/** Which shard an id belongs to: FNV-1a over its UTF-16 units, the same on every node. */
export const shardOf = (id: string, shards: number): number => {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % shards
}
