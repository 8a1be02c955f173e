/**
 * A run's world, made from a seed: nodes over one ledger, a network, and those who use them, on virtual time.
 *
 * First it is rough: faults of all kinds, players up to mischief. Then it is still: faults stop, good agents come,
 * operators decide what is left, so that everything must come to its end. At last everybody leaves.
 */
import { type ManualScheduler, manualScheduler } from '../../src/actors/runtime/scheduler.js'
import { type VirtualClock, virtualClock } from '../../src/clock.js'
import { seededRandom } from '../../src/random.js'
import { ModelWorld } from '../ledger/model.js'
import { Admin } from './admin.js'
import { Agent, type Ending } from './agent.js'
import { gather } from './crowd.js'
import type { Decider } from './decider.js'
import { Dice } from './dice.js'
import { History } from './history.js'
import type { Plant } from './incarnation.js'
import { Inspector, type Look } from './inspector.js'
import { LedgerBooks } from './ledgerBooks.js'
import { rollOver, strike } from './misfortune.js'
import { Network } from './network.js'
import { Operator } from './operator.js'
import type { Player, Stage } from './player.js'
import { type Handed, Producer } from './producer.js'
import { clusterFrom, crowdSettingsFrom, heartbeatMs, resumeMs, settingsFrom } from './settings.js'
import { SimulatedNode } from './simulatedNode.js'
import { roughWeather, stillWeather, type Weather } from './weather.js'
import { Words } from './words.js'

/** `crowd`: everybody is at the same few cards (`crowd.ts`). */
export type Scene = 'daily' | 'crowd'

export type WorldOptions = { readonly plant?: Plant; readonly scene?: Scene }

const origin = 1_700_000_000_000
/** Longer than any poll. */
const pollsMs = 3_000
/** A task's delays, back-offs and time limits add up to less. */
const longestMs = 200_000
const queues = ['mail', 'web', 'code']
/** Until nodes that were taken for dead are back, and views have seen what they missed. */
const restMs = 9_000

export class World {
  readonly seed: number
  readonly clock: VirtualClock
  readonly history: History
  readonly books: LedgerBooks
  readonly words = new Words()
  readonly handed: Handed[] = []
  readonly endings: Ending[] = []
  readonly tenants: readonly string[]
  readonly nodes: readonly SimulatedNode[]
  readonly #scheduler: ManualScheduler = manualScheduler()
  readonly #dice: Dice
  readonly #weather: Weather
  readonly #stage: Stage
  readonly #agents: Agent[] = []
  readonly #producers: Producer[] = []
  readonly #operators: Operator[] = []
  readonly #admins: Admin[] = []
  readonly #deciders: Decider[] = []
  /** What nodes and consoles showed while nobody did anything. */
  readonly looks: Look[] = []
  readonly #scene: Scene
  readonly #gossip = new Set<string>()

  constructor(seed: number, { plant = {}, scene = 'daily' }: WorldOptions = {}) {
    this.seed = seed
    this.#scene = scene
    const isCrowd = scene === 'crowd'
    const dice = new Dice(seededRandom(seed))
    this.#dice = dice
    this.clock = virtualClock({ origin })
    const { clock } = this
    this.history = new History(clock.now)
    const ledger = new ModelWorld({ now: clock.now, shards: dice.pick([1, 1, 2, 3]) })
    this.books = new LedgerBooks(ledger)
    this.#weather = roughWeather(dice)
    const settings = isCrowd ? crowdSettingsFrom(dice) : settingsFrom(dice)
    const shared = { clock, scheduler: this.#scheduler, weather: this.#weather, history: this.history }
    const parts = { ...shared, secret: dice.random.bytes(32), settings, plant }
    const three = ['n1', 'n2', 'n3']
    const names = isCrowd ? three : dice.pick([['n1'], ['n1', 'n2'], three])
    const cluster = names.length > 1 ? clusterFrom(dice) : null
    this.nodes = names.map((name) => {
      const skewMs = dice.pick([0, 0, dice.between(-2_000, 2_000)])
      return new SimulatedNode({ ...parts, name, cluster, skewMs, ledger: ledger.open(), dice: dice.split() })
    })
    const network = new Network({
      clock,
      dice: dice.split(),
      weather: this.#weather,
      history: this.history,
      heartbeatMs: settings.heartbeatMs,
    })
    this.#stage = { clock, network, history: this.history, words: this.words, host: () => dice.pick(this.nodes) }
    this.tenants = isCrowd || dice.chance(0.5) ? ['t_a'] : ['t_a', 't_b']
  }

  /** The whole run. */
  async live(): Promise<void> {
    const dice = this.#dice
    const isCrowd = this.#scene === 'crowd'
    const roughMs = isCrowd ? dice.pick([10_000, 14_000]) : dice.pick([8_000, 15_000, 30_000])
    for (const node of this.nodes) node.start()
    for (const tenant of this.tenants) isCrowd ? this.#gather(tenant) : this.#populate(tenant, roughMs)
    this.#strike(roughMs)
    for (const player of this.#players()) this.#at(dice.between(0, 1_500), () => player.connect())
    await this.#pass(roughMs)

    Object.assign(this.#weather, stillWeather())
    this.history.note('the world is still')
    for (const node of this.nodes) if (!node.isUp()) node.start()
    if (isCrowd) for (const tenant of this.tenants) await this.#inspect(tenant)
    for (const tenant of this.tenants) this.#comeGood(tenant)
    for (const player of [...this.#producers, ...this.#operators, ...this.#admins, ...this.#deciders]) player.behave()
    for (const agent of this.#agents) if (!agent.isGone) agent.behave()
    for (let waited = 0; waited < longestMs && !this.#isSettled(); waited += 1_000) await this.#pass(1_000)
    // What is looked for now and then, such as gaps, is looked for once more.
    await this.#pass(pollsMs)

    for (const player of this.#players()) player.leave(true)
    // Long enough for sessions to linger and leave.
    await this.#pass(resumeMs + 4 * heartbeatMs + 5_000)
  }

  #isSettled(): boolean {
    return this.#producers.every(({ isAnswered }) => isAnswered) && this.books.isSettled(this.tenants)
  }

  #players(): readonly Player[] {
    return [...this.#agents, ...this.#producers, ...this.#operators, ...this.#admins, ...this.#deciders]
  }

  #at(ms: number, act: () => void): void {
    this.clock.at(this.clock.now() + ms, act)
  }

  #populate(tenant: string, roughMs: number): void {
    const dice = this.#dice
    const mischief = dice.pick([0, 0.1, 0.3])
    for (let n = dice.between(1, 4); n > 0; n--) this.#hire(tenant, `agent${n}`, mischief, roughMs)
    for (let n = dice.between(1, 2); n > 0; n--) {
      const habits = {
        name: `p${n}`,
        ...(dice.chance(0.8) ? { subscriber: dice.pick(['desk', 'night']) } : {}),
        queues,
        tasks: dice.between(3, 25),
        withinMs: roughMs,
        mischief,
        attention: dice.pick([0, 0.3, 1]),
        ttl: dice.pick([0, 0.2]),
      }
      const who = { tenant, sub: `app${dice.chance(0.3) ? 1 : n}` }
      this.#producers.push(new Producer(this.#stage, dice.split(), who, habits, this.handed))
    }
    for (let n = 1; n <= 2; n++) {
      const habits = { thinkMs: dice.pick([100, 2_000, 8_000]), diligence: dice.pick([0.2, 0.7, 1]), mischief }
      this.#operators.push(new Operator(this.#stage, dice.split(), { tenant, sub: `op${n}` }, habits, this.#gossip))
    }
    for (let n = dice.pick([0, 1, 2]); n > 0; n--) {
      const everyMs = dice.pick([600, 2_000, 8_000])
      this.#admins.push(new Admin(this.#stage, dice.split(), { tenant, sub: `admin${n}` }, everyMs))
    }
  }

  #gather(tenant: string): void {
    const { agent, producer, admin, deciders } = gather(this.#stage, this.#dice, tenant, this, heartbeatMs)
    this.#agents.push(agent)
    this.#producers.push(producer)
    this.#admins.push(admin)
    this.#deciders.push(...deciders)
  }

  /** While nobody does anything, each node tells what waits, and so does each console that is open. */
  async #inspect(tenant: string): Promise<void> {
    for (const player of [...this.#producers, ...this.#admins]) player.behave()
    for (const decider of this.#deciders) decider.rest()
    await this.#pass(restMs)
    for (const node of this.nodes) {
      const stage = { ...this.#stage, host: () => node }
      new Inspector(stage, this.#dice.split(), { tenant, node: node.name }, this.books, this.looks).connect()
    }
    await this.#pass(pollsMs)
    const waiting = this.books.waiting(tenant)
    for (const { who, waiting: listed, isInTouch } of this.#deciders) {
      if (listed !== null && isInTouch) this.looks.push({ shownBy: `the console of ${who.sub}`, waiting, listed })
    }
  }

  /** An agent of some character; now and then two processes with one agent's name, and some that die. */
  #hire(tenant: string, sub: string, mischief: number, roughMs: number): void {
    const dice = this.#dice
    const habits = {
      queues: dice.chance(0.5) ? queues : [dice.pick(queues)],
      capacity: dice.pick([1, 2, 8]),
      ...(dice.chance(0.3) ? { instance: 'i1' } : {}),
      workMs: dice.pick([50, 500, 3_000]),
      heartbeatMs,
      forgetfulness: dice.pick([0, 0, 0.7]),
      mischief,
      failures: dice.pick([0, 0.2, 0.5]),
    }
    for (let copies = dice.chance(0.2) ? 2 : 1; copies > 0; copies--) {
      const agent = new Agent(this.#stage, dice.split(), { tenant, sub }, habits, this.endings)
      this.#agents.push(agent)
      if (dice.chance(0.3)) this.#at(dice.between(1, roughMs), () => agent.leave(dice.chance(0.5)))
    }
  }

  /** Agents who get everything done that is left. */
  #comeGood(tenant: string): void {
    const habits = { queues, capacity: 8, workMs: 100, heartbeatMs, forgetfulness: 0, mischief: 0, failures: 0 }
    const agent = new Agent(this.#stage, this.#dice.split(), { tenant, sub: 'good' }, habits, this.endings)
    this.#agents.push(agent)
    agent.connect()
  }

  #strike(roughMs: number): void {
    const fill = (ms: number) => {
      this.#weather.fullUntil = this.clock.now() + ms
    }
    const misfortune = { dice: this.#dice, roughMs, at: (ms: number, act: () => void) => this.#at(ms, act), fill }
    strike(this.nodes, misfortune)
    if (this.#scene === 'crowd') rollOver(this.nodes, misfortune)
  }

  /** Lets time pass, each instant with all that it brings about. */
  async #pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms
    await this.#settle()
    for (let due = this.clock.nextDue(); due !== undefined && due <= until; due = this.clock.nextDue()) {
      this.clock.advanceTo(due)
      await this.#settle()
    }
    this.clock.advanceTo(until)
    await this.#settle()
  }

  /** Promises and immediates of this instant have their turn until nothing comes of them. */
  async #settle(): Promise<void> {
    do {
      await new Promise((resolve) => setImmediate(resolve))
    } while (this.#scheduler.runAll() > 0)
  }
}
