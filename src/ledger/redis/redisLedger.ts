/** The port over the shards of a cluster, through one connection that they share. */
import { systemRandom } from '../../random.js'
import type { ClaimRequest, Durability, EntryId, HintListener, Holder, Ledger, Transaction } from '../port.js'
import { LedgerFault } from '../port.js'
import { CanaryWatch, type CanaryWatchOptions } from './canaryWatch.js'
import type { RedisConnection } from './connection.js'
import type { Health } from './health.js'
import type { HintBoard } from './hintBoard.js'
import { InvalidWrite } from './invalidWrite.js'
import type { LedgerTime } from './ledgerTime.js'
import type { Library } from './library.js'
import { RedisShard } from './redisShard.js'
import type { SetRange } from './shardReads.js'

export type RedisLedgerParts = {
  readonly connection: RedisConnection
  readonly library: Library
  readonly time: LedgerTime
  readonly board: HintBoard
  readonly durability: Durability
  /** What all keys begin with, and those of each shard. */
  readonly cluster: string
  readonly prefixes: readonly string[]
  /** For the canary that tells when acknowledged writes were lost. */
  readonly watch: Omit<CanaryWatchOptions, 'onLost' | 'onRenewed' | 'onWhole'>
  readonly health: Health
  readonly onClose: () => void
}

const secretBytes = 32
const secretsAgainMs = 500

const lossOf = (lost: number, all: number): string =>
  `the ledger lost what it had acknowledged in ${lost} of ${all} shards: a new generation is being made`

export class RedisLedger implements Ledger {
  readonly shards: number
  readonly #parts: RedisLedgerParts
  readonly #watch: CanaryWatch
  readonly #shards: readonly RedisShard[]
  readonly #secrets = new Map<string, Promise<Uint8Array>>()
  readonly #underWay = new Set<Promise<unknown>>()
  #durability: Durability
  #closed: Promise<void> | undefined
  #listening: Promise<void> | undefined

  constructor(parts: RedisLedgerParts) {
    this.#parts = parts
    this.shards = parts.prefixes.length
    this.#durability = parts.durability
    this.#shards = parts.prefixes.map(
      (prefix, shard) => new RedisShard({ ...parts, onPutBack: () => this.#putBack(shard) }, shard, prefix),
    )
    this.#watch = new CanaryWatch({
      ...parts.watch,
      onLost: (lost) => parts.health.set('loss', lossOf(lost.length, this.shards)),
      onRenewed: ({ generation }) => this.#renewed(generation),
      onWhole: () => parts.health.clear('loss'),
    })
  }

  /** Of the generation that there is now. */
  get durability(): Durability {
    return this.#durability
  }

  /**
   * What has to be known, and listened to, before the first call; a second call goes on where the first one failed.
   * `secrets` with null are made where there are none.
   */
  async start(secrets: Readonly<Record<string, Uint8Array | null>> = {}): Promise<void> {
    const { connection, board, prefixes } = this.#parts
    const channels = prefixes.map((prefix) => `${prefix}hints`)
    const shardOf = new Map(channels.map((channel, shard) => [channel, shard]))
    const onMessage = (channel: string, message: string) => board.hear(shardOf.get(channel) ?? 0, message)
    this.#listening ??= connection.subscribe(channels, onMessage, () => this.#missed())
    await Promise.all([
      this.#listening,
      ...this.#shards.map((shard) => shard.learnTime()),
      ...Object.entries(secrets).map(async ([name, remembered]) => {
        const secret = await this.#keepSecret(name, remembered ?? systemRandom.bytes(secretBytes))
        this.#secrets.set(name, Promise.resolve(secret))
      }),
    ])
  }

  /** Has it been flushed, or replaced by another one, while the connection was away? */
  look(): void {
    void this.#watch.look()
  }

  async secret(name: string): Promise<Uint8Array> {
    this.#checkOpen()
    const known = this.#secrets.get(name) ?? this.#during(this.#readSecret(name))
    this.#secrets.set(name, known)
    try {
      return (await known).slice()
    } catch (error) {
      this.#secrets.delete(name)
      throw error
    }
  }

  now(): number {
    return this.#parts.time.now()
  }

  commit(shard: number, holder: Holder, seq: number, transactions: readonly Transaction[]) {
    return this.#ask(shard, (one) => one.commit(holder, seq, transactions))
  }

  claim(shard: number, holder: Holder, claimSeq: number, request: ClaimRequest) {
    return this.#ask(shard, (one) => one.claim(holder, claimSeq, request))
  }

  held(shard: number, holder: Holder) {
    return this.#ask(shard, (one) => one.held(holder))
  }

  holders(shard: number) {
    return this.#ask(shard, (one) => one.holders())
  }

  read(shard: number, records: readonly string[]) {
    return this.#ask(shard, (one) => one.read(records))
  }

  range(shard: number, set: string, options: SetRange) {
    return this.#ask(shard, (one) => one.range(set, options))
  }

  log(shard: number, log: string, options: { readonly after?: EntryId; readonly limit: number }) {
    return this.#ask(shard, (one) => one.log(log, options))
  }

  ready(shard: number, prefix: string) {
    return this.#ask(shard, (one) => one.ready(prefix))
  }

  onHint(listener: HintListener, keeps?: (hint: string) => boolean): () => void {
    return this.#parts.board.listen(listener, keeps)
  }

  passHint(shard: number, hint: string): void {
    if (this.#closed === undefined) this.#shards[shard]?.passHint(hint)
  }

  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  async #end(): Promise<void> {
    this.#parts.onClose()
    await this.#watch.stop()
    await Promise.allSettled(this.#underWay)
    this.#parts.board.clear()
    await this.#parts.connection.close()
  }

  async #ask<T>(shard: number, question: (shard: RedisShard) => Promise<T>): Promise<T> {
    this.#checkOpen()
    const asked = this.#shards[shard]
    if (asked === undefined) throw new RangeError(`shard: expected 0 to ${this.shards - 1}, got ${shard}`)
    try {
      return await this.#during(question(asked))
    } catch (error) {
      throw error instanceof InvalidWrite ? new RangeError(error.message, { cause: error }) : error
    }
  }

  async #during<T>(call: Promise<T>): Promise<T> {
    this.#underWay.add(call)
    try {
      return await call
    } finally {
      this.#underWay.delete(call)
    }
  }

  /** Acknowledged writes were lost: everybody looks at everything, and the secrets are put back as this node has them. */
  #renewed(generation: string): void {
    this.#durability = { ...this.#durability, generation }
    void this.#during(this.#putSecretsBack())
    this.#missed()
  }

  /** A node that came without them would make others, and no token or lease would be good on both. */
  async #putSecretsBack(): Promise<void> {
    const { health, watch } = this.#parts
    while (this.#closed === undefined) {
      try {
        await Promise.all([...this.#secrets].map(async ([name, known]) => this.#keepSecret(name, await known)))
        return health.clear('secrets')
      } catch {
        health.set('secrets', "the cluster's secrets were lost, and can't be put back yet")
        await new Promise<void>((resolve) => watch.clock.at(watch.clock.now() + secretsAgainMs, resolve))
      }
    }
  }

  #missed(): void {
    for (const shard of this.#shards.keys()) this.#parts.board.missed(shard)
  }

  /** The shard doesn't know calls any more that it had acknowledged. */
  #putBack(shard: number): void {
    // Where it can't be said whether it was renewed, the next commit finds the same again.
    this.#during(this.#watch.renew([shard])).catch(() => {})
  }

  /** Made once for the cluster, by whoever comes first. */
  #readSecret(name: string): Promise<Uint8Array> {
    return this.#keepSecret(name, systemRandom.bytes(secretBytes))
  }

  /** Keeps it where there is none; says which one there is. */
  async #keepSecret(name: string, secret: Uint8Array): Promise<Uint8Array> {
    const { connection, cluster } = this.#parts
    const key = `${cluster}:secrets`
    const known = await connection.call('HGET', [key, name])
    // Not before it is needed: a server that is short of memory refuses it, whether it has one or not.
    if (known === null) await connection.call('HSETNX', [key, name, secret])
    const kept = known ?? (await connection.call('HGET', [key, name]))
    if (!(kept instanceof Uint8Array) || kept.length !== secretBytes)
      throw new LedgerFault(`${key}: a secret has ${secretBytes} bytes`)
    return new Uint8Array(kept)
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new LedgerFault('the ledger is closed')
  }
}
