/** One actor as the system holds it. An idle one is this, two empty lanes, and its state. */
import type { Timer } from '../../clock.js'
import type { Address } from './actor.js'
import type { Alarm } from './alarm.js'
import type { Blueprint } from './blueprint.js'
import type { Tag } from './effect.js'
import { Mailbox } from './mailbox.js'
import type { Question } from './questions.js'
import type { Failures } from './supervise.js'

/**
 * `starting`: its first step is `start`, when its turn comes. `waiting`: it failed, and starts again when `restart`
 * fires; its mailbox fills meanwhile. `stopped` is for good.
 */
export type CellPhase = 'starting' | 'running' | 'waiting' | 'stopped'

const noFailures: Failures = []

export class Cell {
  readonly address: Address
  readonly blueprint: Blueprint
  readonly args: unknown
  readonly mailbox: Mailbox
  state: unknown = undefined
  phase: CellPhase = 'starting'
  /** It stands in the queue of those that have something to do. */
  isReady = false
  failures: Failures = noFailures
  restart: Timer | undefined = undefined
  alarms: Map<string, Alarm> | undefined = undefined
  /** Its open questions, by its own names for them. */
  questions: Map<Tag, Question> | undefined = undefined

  constructor(blueprint: Blueprint, address: Address, args: unknown) {
    this.blueprint = blueprint
    this.address = address
    this.args = args
    this.mailbox = new Mailbox(blueprint.bounds)
  }
}
