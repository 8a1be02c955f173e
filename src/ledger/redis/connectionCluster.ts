/**
 * A Redis Cluster: one link to each master, and a map of slots that is read again whenever one of them is in doubt.
 *
 * A call that a server passed on (`MOVED`) was not carried out, so it goes to the right one at once. Anything else that
 * goes wrong is the caller's to send again.
 */
import { LedgerFault } from '../port.js'
import { type RedisAddress, type Server, showServer } from './address.js'
import type { ConnectionSettings, RedisConnection } from './connection.js'
import type { Argument } from './connectionClient.js'
import { faultOf, RedisError } from './connectionError.js'
import { type LinkState, RedisLink, reasonOf, type Send } from './connectionLink.js'
import { slotCount, slotOf, slotOfCall } from './connectionSlot.js'
import { type Listener, Subscription } from './connectionSubscription.js'
import { readTopology, type SlotRange, type Topology } from './connectionTopology.js'

type Subscribed = {
  readonly channels: readonly string[]
  readonly listener: Listener
  /** By server. */
  readonly parts: Map<string, { readonly channels: readonly string[]; readonly subscription: Subscription }>
}

const passedOnMax = 3
/** How soon the map is read again while a master is away. */
const againMs = 500

export class ClusterConnection implements RedisConnection {
  readonly isCluster = true
  readonly #address: Extract<RedisAddress, { kind: 'cluster' }>
  readonly #settings: ConnectionSettings
  readonly #links = new Map<string, RedisLink>()
  readonly #states = new Map<string, LinkState>()
  readonly #subscribed = new Set<Subscribed>()
  /** By slot. */
  #owners: string[] = []
  #servers: readonly Server[]
  #reading: Promise<void> | null = null
  #again: { cancel(): void } = { cancel: () => {} }
  #isClosed = false

  constructor(address: Extract<RedisAddress, { kind: 'cluster' }>, settings: ConnectionSettings) {
    this.#address = address
    this.#settings = settings
    this.#servers = address.servers
    this.#readSoon()
  }

  async call(command: string, args: readonly Argument[]): Promise<unknown> {
    const slot = slotOfCall(command, args)
    for (let passedOn = 0; ; passedOn++) {
      const link = this.#linkOf(slot)
      if (link === undefined) {
        this.#readSoon()
        throw unknownServers()
      }
      try {
        return await link.call(command, args)
      } catch (error) {
        if (!(error instanceof RedisError) || error.code !== 'MOVED') throw error
        if (passedOn === passedOnMax) throw faultOf(error)
        this.#follow(error.message)
        this.#readSoon()
      }
    }
  }

  async askEach<Answer>(ask: (send: Send) => Promise<Answer>): Promise<readonly Answer[]> {
    if (this.#links.size === 0) throw unknownServers()
    return await Promise.all([...this.#links.values()].map((link) => ask((command, args) => link.call(command, args))))
  }

  async subscribe(
    channels: readonly string[],
    onMessage: Listener['onMessage'],
    onMissed: Listener['onMissed'],
  ): Promise<void> {
    const subscribed: Subscribed = { channels, listener: { onMessage, onMissed }, parts: new Map() }
    this.#subscribed.add(subscribed)
    this.#spread(subscribed)
    await Promise.all([...subscribed.parts.values()].map(({ subscription }) => subscription.ready))
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#again.cancel()
    const parts = [...this.#subscribed].flatMap((subscribed) => [...subscribed.parts.values()])
    await Promise.all([
      ...[...this.#links.values()].map((link) => link.close()),
      ...parts.map(({ subscription }) => subscription.close()),
      this.#reading,
    ])
  }

  #linkOf(slot: number | undefined): RedisLink | undefined {
    if (slot === undefined) return this.#links.values().next().value
    return this.#links.get(this.#owners[slot] ?? '')
  }

  /** Servers learn of a move one after the other: who passes a call on knows better than the map. */
  #follow(moved: string): void {
    const [, slot, host, port] = /^MOVED (\d+) (.*):(\d+)$/.exec(moved) ?? []
    if (!host) return
    const master = { host, port: Number(port) }
    const name = showServer(master)
    if (!this.#links.has(name)) this.#links.set(name, this.#linkTo(name, master))
    this.#owners[Number(slot)] = name
  }

  /** One reading at a time. */
  #readSoon(): void {
    if (this.#reading !== null || this.#isClosed) return
    this.#reading = this.#read().finally(() => {
      this.#reading = null
    })
  }

  async #read(): Promise<void> {
    const asked = [...this.#servers, ...this.#address.servers]
    try {
      this.#apply(await readTopology(distinct(asked), this.#address.access, this.#settings))
    } catch (error) {
      this.#tell({ kind: 'down', ...reasonOf(error) })
    }
    if (this.#isClosed || this.#isUp()) return
    const { clock, random } = this.#settings
    this.#again.cancel()
    this.#again = clock.at(clock.now() + againMs / 2 + random.int(againMs), () => this.#readSoon())
  }

  #apply({ ranges, servers }: Topology): void {
    if (this.#isClosed) return
    this.#servers = servers
    this.#owners = ownersOf(ranges)
    const masters = new Map(ranges.map(({ master }) => [showServer(master), master]))
    for (const [name, link] of this.#links) {
      if (masters.has(name)) continue
      this.#links.delete(name)
      this.#states.delete(name)
      // What waits for it rejects, and finds the new master when it is sent again.
      void link.close()
    }
    for (const [name, master] of masters) if (!this.#links.has(name)) this.#links.set(name, this.#linkTo(name, master))
    for (const subscribed of this.#subscribed) this.#spread(subscribed)
  }

  #linkTo(name: string, master: Server): RedisLink {
    const { onConnected } = this.#settings
    this.#states.set(name, { kind: 'down', why: 'not connected yet' })
    return new RedisLink({
      ...this.#settings,
      access: this.#address.access,
      find: async () => master,
      ...(onConnected === undefined ? {} : { prepare: onConnected }),
      onState: (state) => {
        this.#states.set(name, state)
        if (state.kind === 'down') this.#readSoon()
        this.#tell(state.kind === 'down' ? { ...state, why: `${name}: ${state.why}` } : state)
      },
    })
  }

  #isUp(): boolean {
    return this.#links.size > 0 && [...this.#states.values()].every(({ kind }) => kind === 'up')
  }

  #tell(state: LinkState): void {
    if (state.kind === 'down' || this.#isUp()) this.#settings.onState?.(state)
  }

  /** A connection for each server that has some of the channels; those that are as they were stay. */
  #spread({ channels, listener, parts }: Subscribed): void {
    const isFirst = parts.size === 0
    const wanted = new Map<string, string[]>()
    for (const channel of channels) {
      const owner = this.#owners[slotOf(channel)] ?? ''
      wanted.set(owner, [...(wanted.get(owner) ?? []), channel])
    }
    for (const [owner, part] of parts) {
      if (wanted.get(owner)?.join() === part.channels.join()) continue
      parts.delete(owner)
      void part.subscription.close()
    }
    for (const [owner, own] of wanted) {
      const master = this.#servers.find((server) => showServer(server) === owner)
      if (master === undefined || parts.has(owner)) continue
      const subscription = new Subscription({
        ...this.#settings,
        access: this.#address.access,
        find: async () => master,
        channels: own,
        listener,
        isSharded: true,
        onDown: () => this.#readSoon(),
      })
      parts.set(owner, { channels: own, subscription })
      if (!isFirst) subscription.ready.then(() => listener.onMissed())
    }
  }
}

const unknownServers = () => new LedgerFault('the servers of the cluster are not known yet')

const ownersOf = (ranges: readonly SlotRange[]): string[] => {
  const owners = new Array<string>(slotCount).fill('')
  for (const { from, to, master } of ranges) owners.fill(showServer(master), from, to + 1)
  return owners
}

const distinct = (servers: readonly Server[]): readonly Server[] => [
  ...new Map(servers.map((server) => [showServer(server), server])).values(),
]
