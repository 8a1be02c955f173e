/**
 * A node that can be killed: a plane and its connections for each incarnation, over a ledger that outlives them.
 *
 * A crash says goodbye to nobody. Whatever the incarnation still had under way finds that it isn't alive: its timers
 * don't fire, its actors get no turn, answers to it never arrive.
 */

import type { ManualScheduler } from '../../src/actors/runtime/scheduler.js'
import type { Clock } from '../../src/clock.js'
import { idsFrom } from '../../src/ids.js'
import type { Ledger } from '../../src/ledger/port.js'
import { createPlane, type Plane, type PlaneSettings } from '../../src/main/plane.js'
import { createGate } from '../../src/safety/gate.js'
import { hashOfOutput } from '../../src/safety/outputHash.js'
import { defaultPolicy } from '../../src/safety/policy.js'
import type { Gate } from '../../src/tasks/verdict.js'
import { createAddressLimits } from '../../src/transport/addressLimits.js'
import type { Caller, Connection } from '../../src/transport/connection.js'
import { type Connections, createConnections } from '../../src/transport/connections.js'
import { Flushes } from '../../src/transport/outbox.js'
import type { Socket } from '../../src/transport/socket.js'
import type { Dice } from './dice.js'
import type { History } from './history.js'
import { LedgerLink } from './ledgerLink.js'
import type { Host, Line } from './network.js'
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
  readonly plant: Plant
}

const realGate = createGate(() => defaultPolicy)

class Incarnation {
  readonly holder: string
  readonly plane: Plane
  readonly connections: Connections
  readonly lines = new Set<Line>()
  readonly sessions: string[] = []
  isAlive = true
  isReplaced = false

  constructor(parts: NodeParts, isDead: (holder: string) => boolean) {
    const { history, settings, scheduler, plant } = parts
    const newId = idsFrom(parts.dice.split().random)
    const isAlive = () => this.isAlive
    const clock: Clock = {
      now: parts.clock.now,
      at: (when, wake) => parts.clock.at(when, () => isAlive() && wake()),
    }
    this.holder = `${parts.name}.${newId()}`
    const link = new LedgerLink({ ...parts, dice: parts.dice.split(), isAlive, isReplaced: () => this.isReplaced })
    this.plane = createPlane({
      node: parts.name,
      holder: this.holder,
      ledger: plant.ledger?.(link, clock) ?? link,
      secret: parts.secret,
      clock,
      scheduler: { run: (turn) => scheduler.run((isLater) => isAlive() && turn(isLater)) },
      random: parts.dice.split().random,
      newId,
      gate: plant.gate?.(realGate) ?? realGate,
      hashOf: hashOfOutput,
      isDead,
      send: (session, frame) => isAlive() && this.connections.send(session, frame),
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
        failed: (why) => history.alarm(`the node gave up: ${why}`),
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

  accept(caller: Caller, socket: Socket, line: Line): { readonly connection: Connection; forget(): void } {
    const session = this.plane.openSession(caller.role, caller.identity)
    const connection = this.connections.open(session, caller, socket)
    this.lines.add(line)
    this.sessions.push(session)
    const forget = () => {
      this.lines.delete(line)
      if (this.isAlive) this.connections.forget(connection)
    }
    return { connection, forget }
  }
}

export class SimulatedNode implements Host {
  readonly #parts: NodeParts
  readonly #dead = new Set<string>()
  #incarnation: Incarnation | null = null
  #last: Incarnation | undefined

  constructor(parts: NodeParts) {
    this.#parts = parts
  }

  isUp(): boolean {
    return this.#incarnation !== null
  }

  /** The plane that is alive, for whoever looks at its memory. */
  get plane(): Plane | undefined {
    return this.#incarnation?.plane
  }

  /** Addresses of all sessions that this incarnation ever had. */
  get sessions(): readonly string[] {
    return this.#incarnation?.sessions ?? []
  }

  start(): void {
    this.#parts.history.note(`${this.#parts.name} starts`)
    if (this.#last !== undefined) this.#last.isReplaced = true
    this.#incarnation = new Incarnation(this.#parts, (holder) => this.#dead.has(holder))
    this.#last = this.#incarnation
  }

  crash(): void {
    const incarnation = this.#incarnation
    if (incarnation === null) return
    this.#parts.history.note(`${this.#parts.name} crashes`)
    this.#incarnation = null
    incarnation.isAlive = false
    this.#dead.add(incarnation.holder)
    for (const line of incarnation.lines) line.orphan()
  }

  accept(caller: Caller, socket: Socket, line: Line): { readonly connection: Connection; forget(): void } | null {
    return this.#incarnation?.accept(caller, socket, line) ?? null
  }
}
