/**
 * One life of a node: its plane and its connections, from a start to a crash. What it had under way then finds that it
 * isn't alive any more; while it is frozen, everything waits.
 */
import type { ManualScheduler, Turn } from '../../src/actors/runtime/scheduler.js'
import type { Clock } from '../../src/clock.js'
import { idsFrom } from '../../src/ids.js'
import type { Ledger } from '../../src/ledger/port.js'
import { createPlane, type Plane } from '../../src/main/plane.js'
import type { ClusterSettings, PlaneSettings } from '../../src/main/planeOptions.js'
import { createGate } from '../../src/safety/gate.js'
import { hashOfOutput } from '../../src/safety/outputHash.js'
import type { Gate } from '../../src/tasks/verdict.js'
import { createAddressLimits } from '../../src/transport/addressLimits.js'
import type { Caller } from '../../src/transport/connection.js'
import { type Connections, createConnections } from '../../src/transport/connections.js'
import { Flushes } from '../../src/transport/outbox.js'
import type { Socket } from '../../src/transport/socket.js'
import type { Dice } from './dice.js'
import type { History } from './history.js'
import { LedgerLink } from './ledgerLink.js'
import type { Line, ServerEnd } from './network.js'
import type { Weather } from './weather.js'

/** What a test puts between a node and its ports, to show that the checker bites. */
export type Plant = { readonly ledger?: (inner: Ledger, clock: Clock) => Ledger; readonly gate?: (inner: Gate) => Gate }

export type NodeParts = {
  readonly name: string
  readonly ledger: Ledger
  readonly secret: Uint8Array
  readonly clock: Clock
  readonly scheduler: ManualScheduler
  readonly dice: Dice
  readonly weather: Weather
  readonly history: History
  readonly settings: PlaneSettings
  /** Null: it is the only one. */
  readonly cluster: ClusterSettings | null
  /** ms that its clock is off by. */
  readonly skewMs: number
  readonly plant: Plant
}

export class Incarnation {
  readonly holder: string
  readonly link: LedgerLink
  readonly plane: Plane
  readonly connections: Connections
  readonly lines = new Set<Line>()
  readonly sessions: string[] = []
  isAlive = true
  isReplaced = false
  /** What is to be done once it thaws; null: it isn't frozen. */
  #frozen: (() => void)[] | null = null
  #sessions = 0

  constructor(parts: NodeParts, onBuried: () => void) {
    const { history, settings, scheduler, plant, skewMs } = parts
    const newId = idsFrom(parts.dice.split().random)
    const isAlive = () => this.isAlive
    const clock: Clock = {
      now: () => parts.clock.now() + skewMs,
      at: (when, wake) => parts.clock.at(when - skewMs, () => this.act(wake)),
    }
    this.holder = `${parts.name}.${newId()}`
    this.link = new LedgerLink({
      ...parts,
      dice: parts.dice.split(),
      isAlive,
      isReplaced: () => this.isReplaced,
      act: (what) => this.act(what),
    })
    const gate = createGate((said) => this.plane.policyFor(said))
    this.plane = createPlane({
      node: parts.name,
      holder: this.holder,
      ledger: plant.ledger?.(this.link, clock) ?? this.link,
      secret: parts.secret,
      recordSecret: parts.secret,
      clock,
      scheduler: { run: (turn) => this.#run(scheduler, turn) },
      random: parts.dice.split().random,
      newId,
      nextSession: () => ++this.#sessions,
      gate: plant.gate?.(gate) ?? gate,
      hashOf: hashOfOutput,
      cluster: parts.cluster,
      send: (session, frame) => isAlive() && this.connections.send(session, frame),
      sendAll: () => {},
      close: (session, code, reason) => isAlive() && this.connections.close(session, code, reason),
      settings,
      watch: {
        count: () => {},
        note: (level, text) => {
          if (level === 'error') history.alarm(text.split('\n', 2).join(''))
        },
        committed: () => {},
        judged: () => {},
        dispatched: () => {},
        deadLetter: ({ to, messageKind, reason }) => {
          if (!isAlive()) return
          history.note(`dead letter ${messageKind} to ${to}: ${reason}`)
          if (messageKind === 'assigned') history.alarm(`a task went to ${to}, which is no more (${reason})`)
        },
        failed: ({ kind, why }) => {
          if (kind === 'buried') onBuried()
          else history.alarm(`the node gave up: ${why}`)
        },
      },
    })
    this.connections = createConnections({
      clock,
      tell: (to, message) => this.plane.system.tell(to, message),
      authenticator: { authenticate: () => Promise.reject(new Error('nobody renews a token here')) },
      addressLimits: createAddressLimits({ clock, connectsPerSecond: 1_000, refusalsPerMinute: 1_000 }),
      limits: { ...settings.limits, outboxMaxBytes: 64 * 1_048_576 },
      heartbeatMs: settings.heartbeatMs,
      helloMs: 5_000,
      flushes: new Flushes(),
      count: () => {},
    })
  }

  /** Now, or once it thaws; never once it is dead. */
  act(what: () => void): void {
    if (!this.isAlive) return
    if (this.#frozen === null) what()
    else this.#frozen.push(what)
  }

  #run(scheduler: ManualScheduler, turn: Turn): void {
    scheduler.run((isLater) => {
      if (this.isAlive && !this.isFrozen) return turn(isLater)
      this.act(() => this.#run(scheduler, turn))
      return false
    })
  }

  get isFrozen(): boolean {
    return this.#frozen !== null
  }

  freeze(): void {
    this.#frozen ??= []
  }

  thaw(): void {
    const waiting = this.#frozen ?? []
    this.#frozen = null
    for (const what of waiting) this.act(what)
  }

  accept(caller: Caller, socket: Socket, line: Line): ServerEnd {
    const session = this.plane.openSession(caller.role, caller.identity)
    const connection = this.connections.open(session, caller, socket)
    this.lines.add(line)
    this.sessions.push(session)
    const forget = () => {
      this.lines.delete(line)
      this.act(() => this.connections.forget(connection))
    }
    return {
      received: (bytes) => this.act(() => connection.received(bytes)),
      heard: () => this.act(() => connection.heard()),
      forget,
    }
  }
}
