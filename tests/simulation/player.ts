/**
 * A client in a run: one process that connects, asks, and comes back after a lost connection. What it does beside that
 * its role says.
 *
 * It is no use of the project's client: that one behaves.
 */
import type { Clock } from '../../src/clock.js'
import { encodeFrame } from '../../src/protocol/encoding.js'
import type { Frame } from '../../src/protocol/reading.js'
import type { Caller } from '../../src/transport/connection.js'
import type { Dice } from './dice.js'
import type { History, Who } from './history.js'
import type { ClientEnd, Host, Line, Network } from './network.js'
import type { Words } from './words.js'

export type Stage = {
  readonly clock: Clock
  readonly network: Network
  readonly history: History
  readonly words: Words
  /** Where a new connection goes. */
  readonly host: () => Host
}

type Open = { readonly frame: Frame; readonly asked: number; readonly then: (reply: Frame) => void }

/** Until then a request without a reply is given up. */
const patienceMs = 20_000

export abstract class Player {
  readonly who: Who
  protected readonly stage: Stage
  protected readonly dice: Dice
  #line: Line | null = null
  #isWelcome = false
  #isGone = false
  #nextId = 1
  #open = new Map<number, Open>()
  /** Calls that are due belong to one life of the process. */
  #life = 0

  constructor(stage: Stage, dice: Dice, who: Who) {
    this.stage = stage
    this.dice = dice
    this.who = who
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get isReady(): boolean {
    return this.#isWelcome && !this.#isGone
  }

  /** Its connection goes to a node that lives: what it was told is all that it could be told. */
  get isInTouch(): boolean {
    return this.#isWelcome && this.#line !== null && !this.#line.isCut
  }

  connect(): void {
    if (this.#isGone || this.#line !== null) return
    const { role, tenant, sub } = this.who
    const caller: Caller = {
      role,
      identity: { tenant, sub, roles: role === 'operator' ? ['operator', 'admin'] : [role] },
      expiresAt: Number.MAX_SAFE_INTEGER,
      remoteAddress: '127.0.0.1',
    }
    const ours = (): boolean => this.#line === line
    const client: ClientEnd = {
      opened: () => ours() && this.#greet(),
      heard: (frame) => ours() && this.#hear(frame),
      closed: (code) => ours() && this.#lose(code),
    }
    const line = this.stage.network.dial(this.stage.host(), caller, client)
    this.#line = line
  }

  /** Ends for good, with or without a goodbye. */
  leave(goodbye: boolean): void {
    this.#isGone = true
    this.#life++
    this.#drop(goodbye)
  }

  hangUp(): void {
    this.#drop(true)
    this.later(this.dice.between(1, 2_000), () => this.connect())
  }

  protected say(frame: Frame): void {
    if (this.#isWelcome) this.#line?.send(encodeFrame(frame as { readonly type: string }))
  }

  /** Nothing where there is no connection; `then` is called with the reply, if one comes on this connection. */
  protected ask(frame: Frame, then: (reply: Frame) => void = () => {}): void {
    if (!this.#isWelcome) return
    this.#send(frame, then)
  }

  protected later(ms: number, act: () => void): void {
    const { clock } = this.stage
    const life = this.#life
    clock.at(clock.now() + ms, () => {
      if (life === this.#life) act()
    })
  }

  protected abstract hello(): Frame
  protected abstract welcomed(welcome: Frame): void
  protected abstract told(frame: Frame): void
  /** Says when to connect again; undefined: never. */
  protected abstract lost(code: number): number | undefined

  #send(frame: Frame, then: (reply: Frame) => void): void {
    const line = this.#line
    if (line === null) return
    const id = this.#nextId++
    const request = { ...frame, id }
    const asked = line.send(encodeFrame(request as unknown as { readonly type: string }))
    this.stage.history.ask(line.end, request, asked)
    this.#open.set(id, { frame: request, asked, then })
    this.later(patienceMs, () => {
      // A node that doesn't answer at all is left; what was asked may be asked again on the next connection.
      if (!this.#open.has(id) || this.#line !== line) return
      if (!line.isCut) this.stage.history.alarm(`no reply to the ${String(frame.type)} of ${this.who.sub}`)
      this.hangUp()
    })
  }

  #greet(): void {
    this.#send(this.hello(), (reply) => {
      if (reply.type === 'welcome') {
        this.#isWelcome = true
        this.welcomed(reply)
      } else {
        this.hangUp()
      }
    })
  }

  #hear(frame: Frame): void {
    const { re } = frame
    if (typeof re !== 'number') {
      if (frame.type === 'error') this.stage.history.alarm(`${this.who.sub} sent a bad frame: ${String(frame.message)}`)
      else this.told(frame)
      return
    }
    const open = this.#open.get(re)
    this.#open.delete(re)
    const line = this.#line
    if (line === null) return
    if (open === undefined) {
      this.stage.history.alarm(`a reply to nothing that ${this.who.sub} asked (${re})`)
      return
    }
    this.stage.history.answer(line.end, open.frame, open.asked, frame)
    open.then(frame)
  }

  #lose(code: number): void {
    this.#drop(false)
    const ms = this.lost(code)
    if (ms !== undefined) this.later(ms, () => this.connect())
  }

  #drop(goodbye: boolean): void {
    const line = this.#line
    this.#line = null
    this.#isWelcome = false
    this.#open = new Map()
    if (line === null) return
    if (goodbye) line.hangUp()
    else line.cut()
  }
}
