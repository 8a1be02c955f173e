/**
 * One connection to one server, through ioredis, which does nothing here by itself: it doesn't reconnect, queue or send
 * again. Redis answers in order, so a connection whose oldest call is late is late as a whole, and is given up by its
 * owner. What was under way when it ended may have been carried out or not.
 */
import { Command, Redis } from 'ioredis'
import { LedgerFault } from '../port.js'
import { type Access, type Server, showServer } from './address.js'
import { RedisError } from './connectionError.js'

export type Argument = string | Uint8Array | number

export interface RedisClient {
  readonly server: Server
  /** Replies carry Buffers. Rejects with a `RedisError` for what the server answered, else with a `LedgerFault`. */
  send(command: string, args: readonly Argument[]): Promise<unknown>
  onMessage(listener: (channel: string, message: string) => void): void
  /** Settles once it has ended, with why. */
  readonly ended: Promise<string>
  /** All that is under way rejects with this. */
  end(why: string): void
}

const keepAliveMs = 30_000

/** Rejects with a `LedgerFault` where the server can't be reached in time. */
export async function openClient(server: Server, access: Access, connectMs: number): Promise<RedisClient> {
  const redis = new Redis({
    ...server,
    ...(access.isTls ? { tls: {} } : {}),
    connectTimeout: connectMs,
    keepAlive: keepAliveMs,
    noDelay: true,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    disableClientInfo: true,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
  })
  let why = 'the connection was lost'
  let isEnding = false
  redis.on('error', (error) => {
    why = error.message
  })
  const ended = new Promise<string>((resolve) => redis.once('end', () => resolve(why)))
  try {
    await redis.connect()
  } catch (error) {
    throw new LedgerFault(`${showServer(server)}: ${why}`, { cause: error })
  }
  const write = oneWriteATurn(redis)
  return {
    server,
    send: async (command, args) => {
      try {
        return await write(new Command(command, args.map(sendable), { replyEncoding: null }))
      } catch (error) {
        throw ourError(error, command, why)
      }
    },
    onMessage: (listener) => {
      redis.on('message', listener)
      redis.on('smessage', listener)
      // A channel that moves to another server is taken from its listeners there, which ioredis takes for an answer to
      // nothing; one that has moved before is refused, which it leaves unanswered.
      redis.on('error', () => redis.disconnect())
      redis.on('moved', () => redis.disconnect())
    },
    ended,
    end: (reason) => {
      if (isEnding) return
      isEnding = true
      why = reason
      redis.stream.destroy()
      redis.disconnect()
    },
  }
}

/** What is sent in one turn of the event loop leaves in one write. */
function oneWriteATurn(redis: Redis): (command: Command) => unknown {
  let isGathering = false
  return (command) => {
    if (!isGathering) {
      isGathering = true
      redis.stream.cork()
      setImmediate(() => {
        isGathering = false
        redis.stream.uncork()
      })
    }
    return redis.sendCommand(command)
  }
}

const sendable = (arg: Argument): string | Buffer | number =>
  arg instanceof Uint8Array && !Buffer.isBuffer(arg) ? Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength) : arg

function ourError(error: unknown, command: string, why: string): Error {
  if (error instanceof Error && error.name === 'ReplyError') return new RedisError(error.message)
  return new LedgerFault(`${command}: ${why}`, { cause: error })
}
