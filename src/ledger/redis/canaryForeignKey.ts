/** Before a cluster is made: does anybody else use keys that begin as its own will? */
import type { RedisConnection } from './connection.js'
import type { Send } from './connectionLink.js'

/** About a second of a large Redis. Beyond that whoever shares it has to know what it does. */
const stepsMax = 1_000
const keysAStep = 1_000

/** One of them, or undefined where none was found. */
export async function findForeignKey(connection: RedisConnection, cluster: string): Promise<string | undefined> {
  const pattern = `${cluster.replace(/[\\*?[\]]/g, '\\$&')}:*`
  const found = await connection.askEach((send) => firstKey(send, pattern))
  return found.find((key) => key !== undefined)
}

async function firstKey(send: Send, pattern: string): Promise<string | undefined> {
  let cursor = '0'
  for (let step = 0; step < stepsMax; step++) {
    const reply = await send('SCAN', [cursor, 'MATCH', pattern, 'COUNT', keysAStep])
    const [next, keys] = Array.isArray(reply) ? reply : []
    if (Array.isArray(keys) && keys.length > 0) return `${keys[0]}`
    cursor = `${next}`
    if (cursor === '0') return undefined
  }
  return undefined
}
