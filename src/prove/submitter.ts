/**
 * A producer under steady load: hands in so many tasks a second whatever becomes of them, and notes what it is told.
 *
 * It submits again and waits as the client library does; that is part of what is proved.
 */
import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { ChimeraError, type NewTask, Producer } from '../client/index.js'
import type { Clock } from '../clock.js'
import type { Random } from '../random.js'
import type { Handed, History, Kind, Payload } from './history.js'
import { letters } from './letters.js'

export type SubmitterOptions = {
  readonly name: string
  readonly url: string
  readonly token: string
  readonly tasksPerSecond: number
  /** The longest that an agent works on a task. */
  readonly workMs: number
  /** Attempts of a task, so many that a fault alone doesn't use them up. */
  readonly maxAttempts: number
}

const kinds: readonly Kind[] = ['plain', 'plain', 'plain', 'steps', 'steps', 'approved', 'plain', 'rejected']

export class Submitter {
  readonly producer: Producer
  readonly #options: SubmitterOptions
  readonly #history: History
  readonly #clock: Clock
  readonly #random: Random
  #made = 0
  #isOver = false
  readonly #giveUp = new AbortController()
  /** Called with each outcome. */
  onTold: () => void = () => {}

  constructor(options: SubmitterOptions, history: History, clock: Clock, random: Random) {
    this.#options = options
    this.#history = history
    this.#clock = clock
    this.#random = random
    const { url, token, name } = options
    // One for each submission that is open.
    setMaxListeners(0, this.#giveUp.signal)
    this.producer = new Producer({ url, token, subscriber: name })
    this.producer.onState((state) => {
      if (state.kind === 'closed' && state.because !== undefined) history.complaints.push(`${name}: ${state.because}`)
    })
    this.producer.onOutcome((outcome) => {
      history.told.push({ ...outcome, heardAt: clock.now() })
      this.onTold()
    })
  }

  /** Hands in, until it is told to end. */
  async run(): Promise<void> {
    const startedAt = this.#clock.now()
    while (!this.#isOver) {
      const due = ((this.#clock.now() - startedAt) / 1_000) * this.#options.tasksPerSecond
      while (this.#made < due) this.handIn(this.#random.int(kinds.length))
      await pause(5)
    }
  }

  end(): void {
    this.#isOver = true
  }

  /** Gives up what was not acknowledged, and goes. */
  leave(): void {
    this.end()
    this.#giveUp.abort()
    // Without the acknowledgements that a lost generation put in doubt: nobody may be left to give them.
    void this.producer.close({ signal: this.#giveUp.signal })
  }

  /** One task of that kind, or of the one at that place in the mixture. */
  handIn(kind: Kind | number): void {
    const { name, workMs } = this.#options
    const payload: Payload = {
      key: `${name}-${letters(this.#made++)}`,
      kind: typeof kind === 'number' ? (kinds[kind] ?? 'plain') : kind,
      workMs: 1 + this.#random.int(workMs),
    }
    const handed: Handed = { payload, handedAt: this.#clock.now() }
    this.#history.handed.push(handed)
    void this.#submit(handed)
  }

  async #submit(handed: Handed): Promise<void> {
    const { key, kind } = handed.payload
    const maxAttempts = kind === 'deadly' ? 3 : this.#options.maxAttempts
    const common = { payload: handed.payload, key, maxAttempts }
    const task: NewTask = kind === 'steps' ? { ...common, steps: ['q', 'r'] } : { ...common, queue: 'q' }
    try {
      const { id } = await this.producer.submit(task, { signal: this.#giveUp.signal })
      handed.acknowledged = { task: id, at: this.#clock.now() }
    } catch (error) {
      handed.refused = error instanceof ChimeraError ? error.code : String(error)
    }
  }
}
