/** All of a node but its sockets, over the model ledger and virtual time: nothing moves unless a test says so. */
import type { ProducerRequest } from '../../src/actors/requests.js'
import { manualScheduler } from '../../src/actors/runtime/scheduler.js'
import { type VirtualClock, virtualClock } from '../../src/clock.js'
import type { Ledger } from '../../src/ledger/port.js'
import { createPlane, type Plane } from '../../src/main/plane.js'
import { limits } from '../../src/protocol/formats.js'
import { Raw } from '../../src/protocol/raw.js'
import { seededRandom } from '../../src/random.js'
import { createModelLedger } from '../ledger/model.js'
import { hold, noon, pass, sub, tenant } from '../tasks/world.js'

type Sent = { readonly type: string; readonly [field: string]: unknown }

export class PlaneWorld {
  readonly clock: VirtualClock = virtualClock({ origin: noon })
  readonly ledger: Ledger = createModelLedger({ now: () => this.clock.now(), shards: 2 })
  readonly scheduler = manualScheduler()
  readonly sent = new Map<string, Sent[]>()
  readonly closed: string[] = []
  readonly failed: string[] = []
  readonly plane: Plane
  #ids = 0
  #sessions = 0

  constructor() {
    this.plane = createPlane({
      node: 'n1',
      holder: 'n1.a',
      ledger: this.ledger,
      secret: new Uint8Array(32),
      recordSecret: new Uint8Array(32),
      clock: this.clock,
      scheduler: this.scheduler,
      random: seededRandom(1),
      newId: () => `id-${++this.#ids}`,
      nextSession: () => ++this.#sessions,
      gate: { judge: ({ value }) => (value === 'boom' ? hold : pass) },
      hashOf: (value) => {
        throw new Error(`no hash of ${String(value)}`)
      },
      cluster: null,
      send: (session, frame) => this.sent.set(session, [...(this.sent.get(session) ?? []), frame]),
      sendAll: () => {},
      close: (session, code) => this.closed.push(`${session} ${code}`),
      settings: {
        heartbeatMs: 5_000,
        leaseMs: 15_000,
        resumeMs: 15_000,
        limits: { ...limits, outcomeWindow: 16, framesPerSecond: 1_000 },
        outboxMaxBytes: 16_777_216,
        tasksPerLane: 1_000,
        taskRetentionMs: 1_000_000,
        outcomesKept: 100,
        outcomeRetentionMs: 1_000_000,
        absentRetentionMs: 1_000_000,
        auditRetentionMs: 1_000_000,
        claimMs: 120_000,
        reviewMs: { high: 100_000_000, normal: 100_000_000, low: 100_000_000 },
      },
      watch: {
        count: () => {},
        note: () => {},
        committed: () => {},
        judged: () => {},
        dispatched: () => {},
        deadLetter: () => {},
        failed: ({ why }) => this.failed.push(why),
      },
    })
  }

  /** Until nothing is under way. The model answers in microtasks. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 20; quiet++) {
      if (this.scheduler.runAll() > 0) quiet = 0
      await Promise.resolve()
    }
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 50) {
      this.clock.advance(50)
      await this.settle()
    }
  }

  async say(session: string, frame: Record<string, unknown>): Promise<void> {
    this.plane.system.tell(session, { kind: 'frame', frame: { id: ++this.#ids, ...frame } })
    await this.settle()
  }

  async agent(name: string): Promise<string> {
    const session = this.plane.openSession('agent', { tenant, sub: name, roles: ['agent'] })
    await this.say(session, { type: 'hello', queues: ['mail'], capacity: 2 })
    await this.say(session, { type: 'pull', credits: 1 })
    return session
  }

  async submit(): Promise<void> {
    const frame = {
      type: 'submit',
      id: 1,
      tasks: [{ queue: 'mail', payload: Raw.of(1) }],
    } as unknown as ProducerRequest
    const identity = { tenant, sub, roles: ['producer'] }
    const submitted = this.plane.runner.result(this.plane.producerRequests(identity, undefined, frame, noon))
    await this.settle()
    await submitted
  }

  taskOf(session: string): { readonly id: string; readonly lease: string } | undefined {
    const sent = (this.sent.get(session) ?? []).findLast(({ type }) => type === 'task')
    return sent?.task as { readonly id: string; readonly lease: string } | undefined
  }
}
