/**
 * A node that can be killed: a plane and its connections for each incarnation, over a ledger that outlives them.
 *
 * A crash says goodbye to nobody. Whatever the incarnation still had under way finds that it isn't alive: its timers
 * don't fire, its actors get no turn, answers to it never arrive.
 */

import type { Plane } from '../../src/main/plane.js'
import type { Caller } from '../../src/transport/connection.js'
import type { Socket } from '../../src/transport/socket.js'
import { Incarnation, type NodeParts } from './incarnation.js'
import type { Host, Line, ServerEnd } from './network.js'

export class SimulatedNode implements Host {
  readonly #parts: NodeParts
  #incarnation: Incarnation | null = null
  #last: Incarnation | undefined

  constructor(parts: NodeParts) {
    this.#parts = parts
  }

  get name(): string {
    return this.#parts.name
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
    const incarnation = new Incarnation(this.#parts, () => this.#comeAgain(incarnation))
    this.#incarnation = incarnation
    this.#last = incarnation
  }

  crash(): void {
    const incarnation = this.#incarnation
    if (incarnation === null) return
    this.#parts.history.note(`${this.#parts.name} crashes`)
    this.#incarnation = null
    incarnation.isAlive = false
    for (const line of incarnation.lines) line.orphan()
  }

  /** Stands still for so long, and goes on as if nothing had been. */
  freeze(ms: number): void {
    const incarnation = this.#incarnation
    if (incarnation === null) return
    this.#parts.history.note(`${this.#parts.name} freezes for ${ms} ms`)
    incarnation.freeze()
    this.#parts.clock.at(this.#parts.clock.now() + ms, () => incarnation.thaw())
  }

  /** Gives its shards to the others, as before a rolling update, and is gone shortly after. */
  handOver(afterMs: number): void {
    const incarnation = this.#incarnation
    if (incarnation === null) return
    this.#parts.history.note(`${this.#parts.name} hands over`)
    void incarnation.plane.handOver()
    this.#parts.clock.at(this.#parts.clock.now() + afterMs, () => {
      if (this.#incarnation === incarnation) this.crash()
    })
  }

  /** Its ledger is out of reach for so long. */
  cutOff(ms: number): void {
    this.#parts.history.note(`${this.#parts.name} is cut off from the ledger for ${ms} ms`)
    this.#incarnation?.link.cutOff(this.#parts.clock.now() + ms)
  }

  /** It was taken for dead: its connections end, and it begins anew under another name. */
  #comeAgain(incarnation: Incarnation): void {
    if (this.#incarnation !== incarnation) return
    this.#parts.history.note(`${this.#parts.name} was buried`)
    this.crash()
    this.#parts.clock.at(this.#parts.clock.now() + 1, () => this.isUp() || this.start())
  }

  accept(caller: Caller, socket: Socket, line: Line): ServerEnd | null {
    return this.#incarnation?.isFrozen === false ? this.#incarnation.accept(caller, socket, line) : null
  }
}
