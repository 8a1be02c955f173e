/** Agents in a process of their own, seen from here: started, killed, frozen, and what they report. */
import { fileURLToPath } from 'node:url'
import type { Clock } from '../clock.js'
import { type Child, startChild } from './child.js'
import type { FleetOrder, FleetReport } from './fleetReport.js'
import type { History } from './history.js'

const program = fileURLToPath(new URL('./fleetProcess.js', import.meta.url))

export class Fleet {
  readonly order: Omit<FleetOrder, 'life'>
  readonly #history: History
  readonly #clock: Clock
  #child: Child | undefined
  #connected = 0
  #lives = 0
  /** Called with each change. */
  onChange: () => void = () => {}
  onDeath: () => void = () => {}

  constructor(order: Omit<FleetOrder, 'life'>, history: History, clock: Clock) {
    this.order = order
    this.#history = history
    this.#clock = clock
  }

  /** How many of its agents are connected. */
  get connected(): number {
    return this.#connected
  }

  /** Resolves once it runs; its agents connect from then on. */
  async start(): Promise<void> {
    this.#lives++
    const child = await startChild(process.execPath, [program], {
      env: {},
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child = child
    child.process.on('message', (message) => this.#heard(message as FleetReport, child))
    child.process.once('exit', () => this.#died(child))
  }

  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  freeze(): void {
    this.#child?.freeze()
  }

  thaw(): void {
    this.#child?.thaw()
  }

  #heard(report: FleetReport, child: Child): void {
    if (report.kind === 'ready') child.process.send({ ...this.order, life: this.#lives })
    if (report.kind === 'began') this.#history.began({ ...report.execution, beganAt: this.#clock.now() })
    if (report.kind === 'ended') this.#history.ended(report.marker, report.end)
    if (report.kind === 'connected') this.#connected = report.agents
    this.onChange()
  }

  #died(child: Child): void {
    if (this.#child !== child) return
    this.#connected = 0
    this.onDeath()
    this.onChange()
  }
}
