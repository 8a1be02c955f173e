/**
 * Nodes over one model ledger on virtual time, with agents and operators by hand. What reaches a node of the ledger can
 * be cut: its hints, or all that it reads.
 */
import { countFleet } from '../../src/actors/fleetRequests.js'
import type { ProducerRequest } from '../../src/actors/requests.js'
import { manualScheduler } from '../../src/actors/runtime/scheduler.js'
import { type VirtualClock, virtualClock } from '../../src/clock.js'
import { type Ledger, LedgerFault } from '../../src/ledger/port.js'
import { createPlane, type Plane } from '../../src/main/plane.js'
import { limits } from '../../src/protocol/formats.js'
import type { FrameOf } from '../../src/protocol/frames.js'
import { Raw } from '../../src/protocol/raw.js'
import type { AgentRecord } from '../../src/protocol/records.js'
import { seededRandom } from '../../src/random.js'
import { type AuditEntry, auditOf } from '../../src/tasks/entries.js'
import { auditLog, sealedLog, taskKey } from '../../src/tasks/keys.js'
import type { Procedure } from '../../src/tasks/procedure.js'
import { entryLineOf } from '../../src/tasks/recordLines.js'
import type { Reply } from '../../src/tasks/reply.js'
import { shardOf } from '../../src/tasks/shardOf.js'
import { type Task, taskOf } from '../../src/tasks/task.js'
import { ModelWorld } from '../ledger/model.js'
import { noon, pass, sub, subscriber, tenant } from '../tasks/world.js'

type Sent = { readonly type: string; readonly [field: string]: unknown }
export type Given = { readonly id: string; readonly lease: string; readonly at: number }

const shards = 2
const stepMs = 10

export class FleetNode {
  readonly plane: Plane
  readonly closed = new Map<string, number>()
  readonly sent = new Map<string, Sent[]>()
  hearsHints = true
  canRead = true
  canCommit = true

  constructor(name: string, world: FleetWorld) {
    const { clock, model, scheduler } = world
    const inner = model.open()
    const ledger: Ledger = Object.assign(Object.create(inner) as Ledger, {
      read: (shard: number, records: readonly string[]) =>
        this.canRead ? inner.read(shard, records) : Promise.reject(new LedgerFault('cut off')),
      commit: (...call: Parameters<Ledger['commit']>) =>
        this.canCommit ? inner.commit(...call) : Promise.reject(new LedgerFault('cut off')),
      onHint: (listener: (shard: number, hint: string) => void) =>
        inner.onHint((shard, hint) => this.hearsHints && listener(shard, hint)),
      passHint: () => {},
    })
    for (const call of ['claim', 'held', 'holders', 'range', 'log', 'ready', 'secret', 'now'] as const) {
      Object.assign(ledger, { [call]: inner[call].bind(inner) })
    }
    this.plane = createPlane({
      node: name,
      holder: `${name}.a`,
      ledger,
      secret: new Uint8Array(32),
      recordSecret: new Uint8Array(32),
      clock,
      scheduler,
      random: seededRandom(1),
      newId: world.newId,
      nextSession: world.nextSession,
      gate: { judge: () => pass },
      hashOf: () => '',
      cluster: { beatMs: 200, leaseMs: 1_000, quietMs: 4_000, url: () => '', version: '0' },
      send: (session, frame) => {
        this.sent.set(session, [...(this.sent.get(session) ?? []), frame])
        if (frame.type === 'task') world.given.push({ ...(frame as unknown as { task: Given }).task, at: clock.now() })
      },
      sendAll: () => {},
      close: (session, code) => this.closed.set(session, code),
      settings: {
        heartbeatMs: 600_000,
        leaseMs: 1_800_000,
        resumeMs: 15_000,
        limits: { ...limits, outcomeWindow: 16, framesPerSecond: 1_000 },
        outboxMaxBytes: 16_777_216,
        tasksPerLane: 1_000,
        taskRetentionMs: 100_000_000,
        outcomesKept: 100,
        outcomeRetentionMs: 100_000_000,
        absentRetentionMs: 100_000_000,
        auditRetentionMs: 100_000_000,
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
        failed: () => {},
      },
    })
  }

  lastTo(session: string): Sent | undefined {
    return this.sent.get(session)?.at(-1)
  }
}

export class FleetWorld {
  readonly clock: VirtualClock = virtualClock({ origin: noon })
  readonly model = new ModelWorld({ now: () => this.clock.now(), shards })
  readonly scheduler = manualScheduler()
  /** Tasks that left a node, in their order. */
  readonly given: Given[] = []
  readonly nodes: readonly FleetNode[]
  readonly ledger: Ledger = this.model.open()
  #ids = 0
  readonly newId = (): string => `id-${++this.#ids}`
  readonly nextSession = (): number => ++this.#ids

  constructor(names: readonly string[] = ['n1', 'n2']) {
    this.nodes = names.map((name) => new FleetNode(name, this))
  }

  node(at: number): FleetNode {
    const node = this.nodes[at]
    if (node === undefined) throw new Error(`no node ${at}`)
    return node
  }

  /** Until nothing is under way. The model answers in microtasks. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 20; quiet++) {
      if (this.scheduler.runAll() > 0) quiet = 0
      await Promise.resolve()
    }
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(stepMs)
      await this.settle()
    }
  }

  async agent(name: string, { at = 0, queues = ['mail'], credits = 1, instance = '' } = {}): Promise<string> {
    const { plane } = this.node(at)
    const session = plane.openSession('agent', { tenant, sub: name, roles: ['agent'] })
    const hello = { type: 'hello', queues, capacity: 100, ...(instance === '' ? {} : { instance }) }
    await this.say(session, hello, at)
    if (credits > 0) await this.say(session, { type: 'pull', credits }, at)
    return session
  }

  /** Of the subscriber `inbox`. */
  async producer({ at = 0 } = {}): Promise<string> {
    const session = this.node(at).plane.openSession('producer', { tenant, sub, roles: ['producer'] })
    await this.say(session, { type: 'hello', subscriber }, at)
    return session
  }

  /** Its connection is gone. */
  async lose(session: string, at = 0): Promise<void> {
    this.node(at).plane.system.tell(session, { kind: 'lost' })
    await this.settle()
  }

  /** So many tasks are submitted for the subscriber, and completed by the agent that gets them. */
  async complete(count: number, { at = 0 } = {}): Promise<void> {
    for (let left = count; left > 0; left--) {
      await this.submit(1, { subscriber })
      const { id, lease } = this.given.at(-1) ?? { id: '', lease: '' }
      const isIts = ({ type, task }: Sent) => type === 'task' && (task as Given).id === id
      const [session = ''] = [...this.node(at).sent].find(([, sent]) => sent.some(isIts)) ?? []
      await this.say(session, { type: 'result', task: id, lease, output: undefined, confidence: 1 }, at)
    }
  }

  /** How many agents there are by status. */
  async stats(at: number, of = tenant): Promise<unknown> {
    return (await this.run(countFleet(this.node(at).plane.desk, of), at)).agents
  }

  async agents(at: number): Promise<readonly AgentRecord[]> {
    const { operatorRequests } = this.node(at).plane
    const by = { tenant, sub: 'olga', roles: ['operator'] }
    const reply = await this.run(operatorRequests.agents(by, { type: 'agents', id: 1 }, this.clock.now()), at)
    const agents = reply.kind === 'ack' ? (reply.fields.agents as readonly AgentRecord[]) : []
    return agents.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  }

  async say(session: string, frame: Record<string, unknown>, at = 0): Promise<void> {
    this.node(at).plane.system.tell(session, { kind: 'frame', frame: { id: ++this.#ids, ...frame } })
    await this.settle()
  }

  async submit(
    count = 1,
    { at = 0, queue = 'mail', subscriber: name }: { at?: number; queue?: string; subscriber?: string } = {},
  ): Promise<Reply> {
    const tasks = Array.from({ length: count }, () => ({ queue, payload: Raw.of(1) }))
    const frame = { type: 'submit', id: 1, tasks } as unknown as ProducerRequest
    const { plane } = this.node(at)
    const identity = { tenant, sub, roles: ['producer'] }
    plane.serveTenant(tenant)
    return this.run(plane.producerRequests(identity, name, frame, this.clock.now()), at)
  }

  /** An operator's word, by whichever node. */
  control(
    word: Omit<FrameOf<'operator'> & { type: 'control' }, 'type' | 'id'>,
    { at = 0, of = tenant, roles = ['operator', 'admin'] } = {},
  ): Promise<Reply> {
    const { operatorRequests } = this.node(at).plane
    const by = { tenant: of, sub: 'olga', roles }
    return this.run(operatorRequests.control(by, { type: 'control', id: 1, ...word }, this.clock.now()), at)
  }

  async fleet(of = tenant): Promise<Record<string, unknown>> {
    const { operatorRequests } = this.node(0).plane
    const by = { tenant: of, sub: 'olga', roles: ['operator'] }
    const reply = await this.run(operatorRequests.fleet(by, { type: 'fleet', id: 1 }, this.clock.now()))
    return reply.kind === 'ack' ? (reply.fields.fleet as Record<string, unknown>) : {}
  }

  async run<Result>(procedure: Procedure<Result>, at = 0): Promise<Result> {
    const result = this.node(at).plane.runner.result(procedure)
    await this.settle()
    return result
  }

  async task(id: string): Promise<Task> {
    const [fields] = await this.ledger.read(shardOf(id, shards), [taskKey(id)])
    if (!fields) throw new Error(`no task ${id}`)
    return taskOf(fields)
  }

  async audit(): Promise<readonly AuditEntry[]> {
    const shard = shardOf(tenant, shards)
    const sealed = await this.ledger.log(shard, sealedLog(tenant), { limit: 1_000 })
    const waiting = await this.ledger.log(shard, auditLog(tenant), { limit: 1_000 })
    return [
      ...sealed.entries.map(({ entry }) => entryLineOf(entry).entry),
      ...waiting.entries.map(({ entry }) => auditOf(entry)),
    ]
  }
}
