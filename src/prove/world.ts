/**
 * A cluster of its own for one fault: Redis, nodes, and what stands before them, agents, producers and operators, all
 * on the loopback and in a temporary folder. Whatever it started ends with it, by its id.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import { Balancer } from './balancer.js'
import { Fleet } from './fleet.js'
import { History } from './history.js'
import { NodeProcess } from './nodeProcess.js'
import { Readiness } from './readiness.js'
import { type RedisOptions, type RedisServer, startRedis } from './redisServer.js'
import { Reviewer, type ReviewerOptions } from './reviewer.js'
import type { Spans } from './spans.js'
import { Submitter, type SubmitterOptions } from './submitter.js'
import { watchLedger } from './witness.js'

/** What a fault needs there to be; what it doesn't say is as in `usualShape`. */
export type Shape = {
  readonly nodes: number
  readonly flush: NonNullable<RedisOptions['appendfsync']>
  readonly fleets: number
  /** In each fleet; of a crowd each has its share. */
  readonly agents: number | 'crowd'
  readonly capacity: number
  /** The longest that an agent works on a task. */
  readonly workMs: number
}

export const usualShape: Shape = { nodes: 2, flush: 'everysec', fleets: 2, agents: 6, capacity: 4, workMs: 60 }

export type Bearer = { readonly sub: string; readonly roles: readonly ('agent' | 'producer' | 'operator' | 'admin')[] }

/** What all worlds of a proof have in common. */
export type Ground = {
  readonly command: readonly [string, ...string[]]
  readonly isEmbedded: boolean
  readonly isLong: boolean
  readonly spans: Spans
  readonly clock: Clock
  readonly random: Random
  readonly secret: string
  readonly tokenFor: (bearer: Bearer) => Promise<string>
}

const maxAttempts = 10

export class World {
  readonly ground: Ground
  readonly shape: Shape
  readonly folder: string
  readonly history = new History()
  readonly nodes: NodeProcess[] = []
  readonly fleets: Fleet[] = []
  readonly submitters: Submitter[] = []
  readonly #ends: (() => Promise<void> | void)[] = []
  #redis: RedisServer | undefined
  #readiness: Readiness | undefined

  private constructor(ground: Ground, shape: Shape, folder: string) {
    this.ground = ground
    this.shape = shape
    this.folder = folder
  }

  /** Without clients. Ends what it has started where it fails. */
  static async start(ground: Ground, shape: Shape): Promise<World> {
    const world = new World(ground, shape, await mkdtemp(join(tmpdir(), 'chimera-prove-')))
    try {
      await world.#startServers()
      return world
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  /** Only where the ledger is one. */
  get redis(): RedisServer {
    if (this.#redis === undefined) throw new Error('this world has no Redis')
    return this.#redis
  }

  /** Something that stands before the nodes, of one's own. */
  async balance(): Promise<Balancer> {
    const balancer = await Balancer.listen(() =>
      this.nodes.map((node) => ({ port: node.port, isReady: () => this.isReady(node) })),
    )
    this.#ends.push(() => balancer.close())
    return balancer
  }

  isReady(node: NodeProcess): boolean {
    return this.#readiness?.isReady(node) === true
  }

  async hire(name: string, url: string): Promise<Fleet> {
    const { capacity, fleets } = this.shape
    const agents = this.shape.agents === 'crowd' ? Math.ceil(this.ground.spans.crowd / fleets) : this.shape.agents
    const token = await this.ground.tokenFor({ sub: 'bot', roles: ['agent'] })
    const order = { name, url, token, agents, capacity, queues: ['q', 'r'] }
    const fleet = new Fleet(order, this.history, this.ground.clock)
    this.fleets.push(fleet)
    this.#ends.push(() => {
      fleet.onDeath = () => {}
      return fleet.kill()
    })
    await fleet.start()
    return fleet
  }

  async submitter(name: string, url: string, options: Partial<SubmitterOptions> = {}): Promise<Submitter> {
    const { spans, clock, random } = this.ground
    const token = await this.ground.tokenFor({ sub: 'app', roles: ['producer'] })
    const usual = { tasksPerSecond: spans.tasksPerSecond, workMs: this.shape.workMs, maxAttempts }
    const submitter = new Submitter({ name, url, token, ...usual, ...options }, this.history, clock, random)
    this.submitters.push(submitter)
    this.#ends.push(() => submitter.leave())
    return submitter
  }

  async reviewer(name: string, url: string, options: Pick<ReviewerOptions, 'verdict'> = {}): Promise<Reviewer> {
    const token = await this.ground.tokenFor({ sub: name, roles: ['operator'] })
    const reviewer = new Reviewer({ name, url, token, ...options }, this.history, this.ground.clock)
    this.#ends.push(() => reviewer.operator.close())
    return reviewer
  }

  /** Of each node, for what it says of the ledger. */
  async watchLedger(): Promise<void> {
    const token = await this.ground.tokenFor({ sub: 'witness', roles: ['operator'] })
    for (const { name, url } of this.nodes) this.#ends.push(watchLedger({ name, url, token }, this.history))
  }

  /** Ends everything; the folder stays until `forget`. */
  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }

  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  async #startServers(): Promise<void> {
    const { isEmbedded, command, secret, spans } = this.ground
    const { folder, shape } = this
    const common = { 'heartbeat-ms': spans.heartbeatMs, 'lease-ms': spans.leaseMs, 'resume-ms': spans.resumeMs }
    if (!isEmbedded) {
      const [own, log] = [join(folder, 'redis'), join(folder, 'redis.log')]
      const redis = await startRedis({ folder: own, log, appendonly: 'yes', appendfsync: shape.flush })
      this.#redis = redis
      this.#ends.push(() => redis.kill())
    }
    const shared = isEmbedded
      ? {}
      : { redis: this.redis.url, 'node-lease-ms': spans.nodeLeaseMs, 'node-quiet-ms': spans.nodeQuietMs }
    const names = Array.from({ length: isEmbedded ? 1 : shape.nodes }, (_, at) => `node${at + 1}`)
    const starting = names.map((name) =>
      NodeProcess.start({ name, folder, command, secret, flags: { ...common, ...shared } }),
    )
    const started = await Promise.allSettled(starting)
    for (const each of started) {
      if (each.status === 'rejected') continue
      this.nodes.push(each.value)
      this.#ends.push(() => each.value.kill())
    }
    for (const each of started) if (each.status === 'rejected') throw each.reason
    this.#readiness = new Readiness(this.nodes)
    const readiness = this.#readiness
    this.#ends.push(() => readiness.stop())
    await readiness.allReady()
  }
}
