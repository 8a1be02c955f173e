/**
 * Where writes wait for replicas, each holds up what comes after it on its connection. So there are some for writes,
 * by their key, and what only reads goes over another one.
 */
import type { RedisConnection } from './connection.js'
import type { Argument } from './connectionClient.js'
import type { Send } from './connectionLink.js'
import { isWriting } from './connectionReplication.js'
import { slotCount, slotOfCall } from './connectionSlot.js'
import type { Listener } from './connectionSubscription.js'

export class ReplicatedConnection implements RedisConnection {
  readonly isCluster: boolean
  readonly #reads: RedisConnection
  readonly #writes: readonly RedisConnection[]

  constructor(reads: RedisConnection, writes: readonly RedisConnection[]) {
    this.isCluster = reads.isCluster
    this.#reads = reads
    this.#writes = writes
  }

  call(command: string, args: readonly Argument[]): Promise<unknown> {
    if (!isWriting(command)) return this.#reads.call(command, args)
    // Shards lie in equal parts of all slots.
    const slot = slotOfCall(command, args) ?? 0
    const writer = this.#writes[Math.floor((slot * this.#writes.length) / slotCount)]
    return (writer ?? this.#reads).call(command, args)
  }

  askEach<Answer>(ask: (send: Send) => Promise<Answer>): Promise<readonly Answer[]> {
    return this.#reads.askEach(ask)
  }

  subscribe(
    channels: readonly string[],
    onMessage: Listener['onMessage'],
    onMissed: Listener['onMissed'],
  ): Promise<void> {
    return this.#reads.subscribe(channels, onMessage, onMissed)
  }

  async close(): Promise<void> {
    await Promise.all([this.#reads, ...this.#writes].map((connection) => connection.close()))
  }
}
