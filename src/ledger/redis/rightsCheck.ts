/**
 * May this user do all that a node will ever do? Asked at the start, so that nothing is found out half-way.
 *
 * `redis.acl_check_cmd` answers for the user of the connection, without carrying anything out:
 * https://redis.io/docs/latest/develop/programmability/lua-api/#redis.acl_check_cmd
 */
import { LedgerRefusal } from '../ledgerRefusal.js'
import type { RedisConnection } from './connection.js'
import { explained, nodeRights } from './connectionRefusal.js'

/** Commands of the functions, with the words that stand for their arguments; the key is the second word. */
export const functionCommands: readonly string[] = [
  ...['DEL k', 'EXISTS k', 'HDEL k f', 'HGET k f', 'HGETALL k', 'HMGET k f', 'HSET k f v', 'SADD k m', 'SCARD k'],
  ...['SMEMBERS k', 'SMOVE k k m', 'SREM k m', 'TIME', 'XACK k g 1', 'XADD k * f v', 'XCLAIM k g c 0 1', 'XDEL k 1'],
  ...['XGROUP CREATE k g 0', 'XLEN k', 'XPENDING k g', 'XRANGE k - +', 'XREADGROUP GROUP g c STREAMS k >'],
  ...['XTRIM k MAXLEN 0', 'ZADD k 0 m', 'ZCOUNT k 0 1', 'ZMSCORE k m', 'ZRANGE k 0 1', 'ZRANGEBYLEX k - +'],
  ...['ZRANK k m', 'ZREM k m', 'ZSCORE k m', 'PUBLISH ch m', 'SPUBLISH ch m'],
]

const otherCommands: readonly string[] = [
  ...['GET k', 'SET k v', 'HSETNX k f v', 'FCALL f 1 k', 'FCALL_RO f 1 k', 'SUBSCRIBE ch', 'SSUBSCRIBE ch', 'PING'],
  ...['SCAN 0'],
]

/** Arguments: commands, their words with spaces between. What this server doesn't know, nobody may be asked for. */
const script = `local missing = {}
for _, line in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(line, '%S+') do words[#words + 1] = word end
  local isKnown, may = pcall(redis.acl_check_cmd, unpack(words))
  if isKnown and not may then missing[#missing + 1] = line end
end
return missing`

export type RightsQuestion = {
  /** For messages: without a password. */
  readonly address: string
  /** One of each that the cluster uses. */
  readonly key: string
  readonly channel: string
  /** Whether it waits for replicas. */
  readonly waits: boolean
}

/** Rejects with a `LedgerRefusal` that names all that is missing. */
export async function checkRights(
  connection: RedisConnection,
  { address, key, channel, waits }: RightsQuestion,
): Promise<void> {
  const unused = connection.isCluster ? /^(PUBLISH|SUBSCRIBE)/ : /^(SPUBLISH|SSUBSCRIBE)/
  const wanted = [...functionCommands, ...otherCommands, ...(waits ? ['WAIT 1 1'] : [])].filter(
    (line) => !unused.test(line),
  )
  const lines = wanted.map((line) =>
    line
      .split(' ')
      .map((word) => (word === 'k' ? key : word === 'ch' ? channel : word))
      .join(' '),
  )
  const found = await connection.askEach(async (send) => {
    try {
      return await send('EVAL', [script, 0, ...lines])
    } catch (error) {
      throw explained(error)
    }
  })
  const missing = found.flatMap((reply) => (Array.isArray(reply) ? reply.map(String) : []))
  if (missing.length === 0) return
  const commands = [...new Set(missing.map((line) => line.split(' ')[0]?.toLowerCase()))]
  throw new LedgerRefusal(
    'forbidden',
    `${address}: this user may not use ${commands.join(', ')} on keys and channels such as ${key}; ` +
      `let it do what a node needs (ACL SETUSER name ${nodeRights} and the cluster's keys and channels)`,
  )
}
