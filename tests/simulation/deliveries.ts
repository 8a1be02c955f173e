/** Outcomes as producers got them, and the gaps that they were told of. */
import type { Gap, Outcome } from '../../src/protocol/nodeFrames.js'
import type { Heard, History } from './history.js'

export type Delivery = { readonly connection: number; readonly outcome: Outcome }

export class Deliveries {
  readonly #byTask = new Map<string, Delivery[]>()
  readonly #gaps: readonly Heard[]

  constructor({ heard }: History) {
    this.#gaps = heard.filter(({ frame }) => frame.type === 'gap')
    for (const { by, frame } of heard) {
      if (frame.type !== 'outcome') continue
      const outcome = frame as unknown as Outcome
      const deliveries = this.#byTask.get(outcome.task) ?? []
      deliveries.push({ connection: by.connection, outcome })
      this.#byTask.set(outcome.task, deliveries)
    }
  }

  of(task: string): readonly Delivery[] {
    return this.#byTask.get(task) ?? []
  }

  /** Whether a producer was told that outcomes of that time had to go. `log`: `out/<tenant>/<sub>/<subscriber>`. */
  hasGap(log: string, at: number): boolean {
    const [, tenant, sub] = log.split('/')
    return this.#gaps.some(({ by, frame }) => {
      const { since, until } = frame as unknown as Gap
      return by.who.tenant === tenant && by.who.sub === sub && since <= at && at <= until
    })
  }
}
