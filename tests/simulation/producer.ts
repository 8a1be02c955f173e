/**
 * A producer: submits tasks of all kinds, sends again what was not acknowledged, cancels some, and follows outcomes if
 * it subscribed. It may see them late, or not before the run's quiet end.
 */
import type { Frame } from '../../src/protocol/reading.js'
import type { Dice } from './dice.js'
import { Player, type Stage } from './player.js'

export type ProducerHabits = {
  /** Of its keys: another process may submit under the same `sub`. */
  readonly name: string
  readonly subscriber?: string
  readonly queues: readonly string[]
  /** Tasks in all. */
  readonly tasks: number
  /** It hands them in within this time. */
  readonly withinMs: number
  readonly mischief: number
  /** How often an outcome is marked as seen when it comes. */
  readonly attention: number
  readonly ttl: number
}

/** An item as it was handed in, and under which id it was acknowledged. */
export type Handed = {
  readonly tenant: string
  readonly sub: string
  readonly key: string | undefined
  readonly item: Frame
  acknowledged?: { readonly id: string; readonly existing: boolean }
  isConflict?: boolean
  /** Undefined: not yet, or refused for now. */
  sentAt?: number
}

const isOpen = ({ acknowledged, isConflict }: Handed): boolean => acknowledged === undefined && isConflict !== true

const replayable: readonly unknown[] = ['FAILED', 'EXPIRED', 'REJECTED']

export class Producer extends Player {
  #habits: ProducerHabits
  readonly #handed: Handed[]
  readonly #mine: Handed[] = []
  #made = 0
  #isCalm = false
  readonly #ids: string[] = []
  /** Tasks that can be replayed. */
  readonly #dead: string[] = []
  /** Of this connection. */
  #lastSeq = 0

  constructor(
    stage: Stage,
    dice: Dice,
    who: { readonly tenant: string; readonly sub: string },
    habits: ProducerHabits,
    handed: Handed[],
  ) {
    super(stage, dice, { role: 'producer', ...who })
    this.#habits = habits
    this.#handed = handed
    for (let i = 0; i < habits.tasks; i++) this.later(dice.between(0, habits.withinMs), () => this.#handIn())
    this.#again()
    this.#meddle()
  }

  /** Everything that it can send again has been answered. */
  get isAnswered(): boolean {
    return this.#mine.every((handed) => !isOpen(handed) || (handed.key === undefined && handed.sentAt !== undefined))
  }

  /** From now on it only finishes what there is. */
  behave(): void {
    this.#isCalm = true
    this.#habits = { ...this.#habits, mischief: 0, attention: 1 }
    this.#made = this.#habits.tasks
    this.connect()
    this.say({ type: 'seen', seq: this.#lastSeq })
  }

  protected hello(): Frame {
    const { subscriber } = this.#habits
    return { type: 'hello', ...(subscriber === undefined ? {} : { subscriber }) }
  }

  protected welcomed(): void {
    this.#lastSeq = 0
  }

  protected told(frame: Frame): void {
    if (frame.type !== 'outcome') return
    if (replayable.includes(frame.status)) this.#dead.push(String(frame.task))
    const seq = Number(frame.seq)
    if (seq !== this.#lastSeq + 1) this.stage.history.alarm(`outcome ${seq} came behind ${this.#lastSeq}`)
    this.#lastSeq = seq
    if (!this.dice.chance(this.#habits.attention)) return
    this.later(this.dice.between(0, 50), () => this.say({ type: 'seen', seq: Math.min(seq, this.#lastSeq) }))
  }

  protected lost(code: number): number | undefined {
    if (code === 4001 && !this.dice.chance(0.5)) return 6_000
    return this.dice.between(1, 3_000)
  }

  #handIn(): void {
    if (this.#made >= this.#habits.tasks) return
    const items: Handed[] = []
    for (let n = this.dice.between(1, 4); n > 0 && this.#made < this.#habits.tasks; n--) items.push(this.#item())
    this.#submit(items)
  }

  #item(): Handed {
    const { tenant, sub } = this.who
    const { queues, ttl, mischief } = this.#habits
    const dice = this.dice
    const key = dice.chance(0.85) ? `${this.#habits.name}-${this.#made}` : undefined
    this.#made++
    const steps = Array.from({ length: dice.between(1, 3) }, () => dice.pick(queues))
    const item = {
      ...(dice.chance(0.5) ? { steps } : { queue: dice.pick(queues) }),
      payload: this.stage.words.payload(tenant).value,
      ...(key === undefined ? {} : { key }),
      ...(dice.chance(0.3) ? { priority: dice.pick(['high', 'normal', 'low']) } : {}),
      ...(dice.chance(0.15) ? { delayMs: dice.between(0, 6_000) } : {}),
      ...(dice.chance(ttl) ? { ttlMs: dice.between(1, 8_000) } : {}),
      ...(dice.chance(0.3) ? { timeoutMs: dice.between(500, 10_000) } : {}),
      ...(dice.chance(0.5) ? { maxAttempts: dice.between(1, 5) } : {}),
    }
    const handed: Handed = { tenant, sub, key, item }
    this.#note(handed)
    if (key !== undefined && dice.chance(mischief)) this.later(dice.between(0, 5_000), () => this.#contradict(handed))
    return handed
  }

  /** The same key again, with other content. */
  #contradict({ tenant, sub, key, item }: Handed): void {
    const other = { tenant, sub, key, item: { ...item, payload: this.stage.words.payload(this.who.tenant).value } }
    this.#note(other)
    this.#submit([other])
  }

  #note(handed: Handed): void {
    this.#mine.push(handed)
    this.#handed.push(handed)
  }

  /** What has no key is sent once: nobody could tell a second one from it. */
  #submit(items: readonly Handed[]): void {
    if (!this.isReady || items.length === 0) return
    for (const handed of items) handed.sentAt = this.stage.clock.now()
    this.ask({ type: 'submit', tasks: items.map(({ item }) => item) }, (reply) => this.#take(items, reply))
  }

  /** What is open and was never sent, was refused for now, or waited long enough for its answer. */
  #again(): void {
    const waitMs = this.dice.chance(this.#habits.mischief) ? 0 : this.dice.between(2_000, 9_000)
    const before = this.stage.clock.now() - waitMs
    const due = this.#mine.filter((handed) => {
      const { key, sentAt } = handed
      return isOpen(handed) && (sentAt === undefined || (key !== undefined && sentAt < before))
    })
    this.#submit(due.slice(0, 8))
    this.later(this.dice.between(300, 1_500), () => this.#again())
  }

  #take(items: readonly Handed[], reply: Frame): void {
    const answers =
      reply.type === 'ack'
        ? (reply.tasks as readonly { id?: string; existing?: boolean; error?: { code: string } }[])
        : []
    for (const [at, handed] of items.entries()) {
      const { id, existing = false, error } = answers[at] ?? {}
      if (id !== undefined) {
        handed.acknowledged = { id, existing }
        this.#ids.push(id)
      } else if (error?.code === 'CONFLICT') handed.isConflict = true
      // What has no key was refused for certain only where it says so itself.
      else if (handed.key !== undefined || error !== undefined) delete handed.sentAt
    }
  }

  /** Cancels, looks, lists, replays, now and then. */
  #meddle(): void {
    this.later(this.dice.between(200, 1_500), () => this.#meddle())
    if (this.#isCalm || this.#ids.length === 0 || !this.dice.chance(0.3 + this.#habits.mischief)) return
    const task = this.dice.pick(this.#ids)
    const act = this.dice.pick(['get', 'tasks', 'cancel', 'cancel', 'replay', 'hangUp'])
    if (act === 'hangUp' && this.dice.chance(this.#habits.mischief)) this.hangUp()
    else if (act === 'get') this.ask({ type: 'get', task })
    else if (act === 'tasks') this.ask({ type: 'tasks', limit: this.dice.between(1, 5) })
    else if (act === 'cancel') this.ask({ type: 'cancel', task, reason: 'on second thoughts' })
    else if (act === 'replay' && this.#made < this.#habits.tasks) {
      const dead = this.#dead.length > 0 && this.dice.chance(0.8) ? this.dice.pick(this.#dead) : task
      this.ask({ type: 'replay', task: dead })
    }
  }
}
