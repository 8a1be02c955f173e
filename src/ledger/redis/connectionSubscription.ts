/**
 * Channels that are listened to, on a connection of their own, for as long as the process wants.
 *
 * A subscriber hears nothing where nothing is said, so silence tells nothing: a `PING` now and then finds out whether
 * the connection still lives.
 */
import type { Timer } from '../../clock.js'
import type { RedisClient } from './connectionClient.js'
import { type LinkOptions, RedisLink } from './connectionLink.js'

export type Listener = {
  readonly onMessage: (channel: string, message: string) => void
  /** The connection was lost, and is back: what was said meanwhile was not heard. */
  readonly onMissed: () => void
}

export type SubscriptionOptions = Omit<LinkOptions, 'prepare' | 'onState'> & {
  readonly channels: readonly string[]
  readonly listener: Listener
  /** On a cluster a message goes only to the servers of its channel's slot. */
  readonly isSharded: boolean
  readonly pingMs: number
  /** It was lost, or can't be had: maybe its channels are elsewhere. */
  readonly onDown?: () => void
}

export class Subscription {
  readonly #link: RedisLink
  readonly #ping: () => void
  #timer: Timer
  /** Settles with the first time that all channels are listened to, or with the end. */
  readonly ready: Promise<void>

  constructor(options: SubscriptionOptions) {
    const { clock, pingMs, listener } = options
    let isFirst = true
    let isReady: () => void = () => {}
    this.ready = new Promise((resolve) => {
      isReady = resolve
    })
    this.#link = new RedisLink({
      ...options,
      prepare: (_, client) => listen(client, options),
      onState: ({ kind }) => {
        if (kind === 'down') return options.onDown?.()
        if (!isFirst) listener.onMissed()
        isFirst = false
        isReady()
      },
    })
    this.#ping = () => {
      // One that is late has the connection given up, which is all that is wanted.
      this.#link.call('PING', []).catch(() => {})
      this.#timer = clock.at(clock.now() + pingMs, this.#ping)
    }
    this.#timer = clock.at(clock.now() + pingMs, this.#ping)
  }

  async close(): Promise<void> {
    this.#timer.cancel()
    await this.#link.close()
  }
}

async function listen(client: RedisClient, { channels, listener, isSharded }: SubscriptionOptions): Promise<void> {
  client.onMessage(listener.onMessage)
  // Channels of one call would have to be of one slot.
  if (isSharded) await Promise.all(channels.map((channel) => client.send('ssubscribe', [channel])))
  else await client.send('subscribe', channels)
}
