/** Looks at the canary every second, and when it is told to: after each loss of the connection. */
import type { Clock, Timer } from '../../clock.js'
import { LedgerRefusal } from '../ledgerRefusal.js'
import { LedgerFault } from '../port.js'
import { type Canary, type CanaryOptions, canaryOf, lookAtCanary, renewCanary } from './canary.js'
import { RedisError } from './connectionError.js'

export type CanaryWatchOptions = CanaryOptions & {
  readonly clock: Clock
  readonly everyMs?: number
  readonly canary: Canary
  /** These shards have lost their keys, or were put back: from here on nothing that is in memory is certain. */
  readonly onLost: (shards: readonly number[]) => void
  /** There is another generation, by this node or another one; these shards have new tokens. */
  readonly onRenewed: (canary: Canary, shards: readonly number[]) => void
  /** Nothing is missing, or is any more. */
  readonly onWhole?: () => void
  /** The keys are those of another cluster. Nobody should go on with them; looked at again all the same. */
  readonly onForeign: (refusal: LedgerRefusal) => void
}

export class CanaryWatch {
  readonly #options: CanaryWatchOptions
  readonly #everyMs: number
  #canary: Canary
  #timer: Timer
  #looking: Promise<void> | null = null
  /** Shards that went back in time, and have no new tokens yet. */
  readonly #putBack = new Set<number>()
  #isStopped = false

  constructor(options: CanaryWatchOptions) {
    this.#options = options
    this.#everyMs = options.everyMs ?? 1_000
    this.#canary = options.canary
    this.#timer = this.#next()
  }

  get canary(): Canary {
    return this.#canary
  }

  /** One look at a time; a second call is the same. Never rejects: whether Redis can be reached is told elsewhere. */
  look(): Promise<void> {
    this.#looking ??= this.#compare([...this.#putBack])
      .catch((error: unknown) => this.#tellRefusal(error))
      .finally(() => {
        this.#looking = null
      })
    return this.#looking
  }

  /** These shards went back in time, their tokens with them: makes new ones, at later looks where it can't now. */
  async renew(shards: readonly number[]): Promise<void> {
    for (const shard of shards) this.#putBack.add(shard)
    // One that is under way may have looked before.
    await this.#looking
    await this.look()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer.cancel()
    await this.#looking
  }

  #next(): Timer {
    const { clock } = this.#options
    return clock.at(clock.now() + this.#everyMs, () => {
      void this.look()
      if (!this.#isStopped) this.#timer = this.#next()
    })
  }

  async #compare(putBack: readonly number[]): Promise<void> {
    const { cluster } = this.#options
    const { clusterId, tokens } = this.#canary
    const seen = await lookAtCanary(this.#options)
    const lost = seen.tokens.flatMap((token, shard) => (token === null ? [shard] : []))
    // One that another node has renewed already has another token, and stays.
    const affected = [...new Set([...lost, ...putBack])]
    if (this.#isStopped) return
    if (affected.length > 0) this.#options.onLost(affected)
    const isWhole = affected.length === 0 && seen.isNamed
    const known = seen.tokens.map((token, shard) => (token === null ? null : (tokens[shard] ?? null)))
    const now = isWhole
      ? canaryOf(cluster, clusterId, seen)
      : await renewCanary(this.#options, clusterId, { tokens: known, isNamed: seen.isNamed }, putBack)
    const renewed = now.tokens.flatMap((token, shard) => (token === tokens[shard] ? [] : [shard]))
    if (this.#isStopped) return
    this.#canary = now
    for (const shard of putBack) this.#putBack.delete(shard)
    if (renewed.length > 0) this.#options.onRenewed(now, renewed)
    this.#options.onWhole?.()
  }

  #tellRefusal(error: unknown): void {
    if (error instanceof LedgerRefusal) this.#options.onForeign(error)
    else if (!(error instanceof LedgerFault) && !(error instanceof RedisError)) throw error
  }
}
