/** One server, or the master that Sentinels know: one link for calls, and one for what is listened to. */
import type { RedisAddress, Server } from './address.js'
import type { ConnectionSettings, RedisConnection } from './connection.js'
import type { Argument } from './connectionClient.js'
import { RedisLink, type Send } from './connectionLink.js'
import { findMaster } from './connectionSentinel.js'
import { type Listener, Subscription } from './connectionSubscription.js'

type Address = Exclude<RedisAddress, { kind: 'cluster' }>

export class SingleConnection implements RedisConnection {
  readonly isCluster = false
  readonly #address: Address
  readonly #settings: ConnectionSettings
  readonly #link: RedisLink
  readonly #subscriptions = new Set<Subscription>()

  constructor(address: Address, settings: ConnectionSettings) {
    const { onConnected } = settings
    this.#address = address
    this.#settings = settings
    this.#link = new RedisLink({
      ...settings,
      access: address.access,
      find: () => this.#find(),
      ...(onConnected === undefined ? {} : { prepare: onConnected }),
    })
  }

  call(command: string, args: readonly Argument[]): Promise<unknown> {
    return this.#link.call(command, args)
  }

  async askEach<Answer>(ask: (send: Send) => Promise<Answer>): Promise<readonly Answer[]> {
    return [await ask((command, args) => this.#link.call(command, args))]
  }

  async subscribe(
    channels: readonly string[],
    onMessage: Listener['onMessage'],
    onMissed: Listener['onMissed'],
  ): Promise<void> {
    const subscription = new Subscription({
      ...this.#settings,
      access: this.#address.access,
      find: () => this.#find(),
      channels,
      listener: { onMessage, onMissed },
      isSharded: false,
    })
    this.#subscriptions.add(subscription)
    await subscription.ready
  }

  async close(): Promise<void> {
    await Promise.all([this.#link.close(), ...[...this.#subscriptions].map((subscription) => subscription.close())])
  }

  async #find(): Promise<Server> {
    if (this.#address.kind === 'single') return this.#address.server
    const { sentinels, master, sentinelAccess } = this.#address
    return await findMaster({ ...this.#settings, sentinels, master, access: sentinelAccess })
  }
}
