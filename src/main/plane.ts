/**
 * The actors of a node, put together over a ledger, a clock and a way to reach clients: all of a node but its sockets.
 *
 * A node makes one over real time and sockets, the simulation several over virtual ones. What it is given, it uses as
 * it is: nothing here reads a clock, the environment or randomness of its own.
 */
import {
  courierAddress,
  dispatcherAddress,
  fleetWatchAddress,
  membershipAddress,
  policyWatchAddress,
  registryAddress,
  reviewQueueAddress,
  shardDoorAddress,
  shardOwnerAddress,
} from '../actors/addresses.js'
import { agentSession } from '../actors/agentSession.js'
import type { SessionFacts } from '../actors/agentSessionState.js'
import { dispatcher } from '../actors/dispatcher.js'
import type { Identity, NodeOwnEffect } from '../actors/effects.js'
import { type FleetWatchState, fleetWatch } from '../actors/fleetWatch.js'
import { type KnownPolicy, knownPolicy, type PolicyWatchState, policyWatch } from '../actors/policyWatch.js'
import { createProcedureRunner, type ProcedureRunner } from '../actors/procedureRunner.js'
import { producerSession } from '../actors/producerSession.js'
import { registry } from '../actors/registry.js'
import { producerRequests, taskRequests } from '../actors/requests.js'
import type { Address } from '../actors/runtime/actor.js'
import { type ActorSystem, createActorSystem } from '../actors/runtime/system.js'
import { type ShardDoorState, shardDoor } from '../actors/shardDoor.js'
import { unlessHalted } from '../actors/unlessHalted.js'
import { aloneView, type MembersView } from '../cluster/members.js'
import { membership } from '../cluster/membership.js'
import { type ShardOwnerState, shardOwner } from '../cluster/shardOwner.js'
import { missedHints } from '../ledger/port.js'
import type { Role } from '../protocol/frames.js'
import { cardDesk } from '../review/cardDesk.js'
import { operatorSession } from '../review/operatorSession.js'
import { reviewQueue } from '../review/reviewQueue.js'
import type { GatePolicy } from '../safety/policy.js'
import type { Desk } from '../tasks/desk.js'
import { createLeaseSigner } from '../tasks/lease.js'
import { createNotary } from '../tasks/notary.js'
import type { Said, Verdict } from '../tasks/verdict.js'
import { courier } from '../webhooks/courier.js'
import { noEgress } from '../webhooks/noEgress.js'
import { keepsHint, tellHint } from './hints.js'
import { createJudging } from './judging.js'
import { operatorRequests } from './operatorRequests.js'
import type { PlaneOptions } from './planeOptions.js'
import { policyIn, policyInForce, revealTerms } from './policies.js'
import { effectShells, errorText } from './shells.js'

export interface Plane {
  readonly system: ActorSystem<NodeOwnEffect>
  readonly runner: ProcedureRunner
  readonly desk: Desk
  readonly operatorRequests: ReturnType<typeof operatorRequests>
  readonly producerRequests: ReturnType<typeof producerRequests>
  /** A session for a new connection of this role. */
  openSession(role: Role, identity: Identity): Address
  /** What the gate has to judge this by; undefined: it isn't known well enough just now. */
  policyFor(said: Said): GatePolicy | undefined
  /** Those that were served since the start. */
  readonly tenants: ReadonlySet<string>
  /** Lets the tenant's dispatcher and review queue be there. */
  serveTenant(tenant: string): void
  /** Why the ledger doesn't answer just now; undefined: it does. */
  unreadyFor(): string | undefined
  /**
   * Hands out no more tasks, takes no shards, and gives up those that it has: `ownsNothing` tells when that is done.
   * Settles once no task is on its way to an agent, who then may go elsewhere with all that it holds.
   */
  handOver(): Promise<void>
  ownsNothing(): boolean
  /** Says that this incarnation has ended, so that nobody waits for it. */
  leave(): Promise<void>
  stop(): Promise<void>
}

const leaveMs = 2_000
/** How long the ledger may take to say by what to judge. */
const learnMs = 2_000
/** Of its send buffer, for what a session sends unasked: the rest is for replies, of which the largest has a half. */
const aheadPart = 1 / 4

export const createPlane = (options: PlaneOptions): Plane => {
  const { ledger, clock, settings, watch } = options
  const desk: Desk = {
    shards: ledger.shards,
    node: options.node,
    holder: options.holder,
    isAlone: options.cluster === null,
    signer: createLeaseSigner(options.secret, () => ledger.durability.generation),
    notary: createNotary(options.recordSecret, () => ledger.durability.generation),
    cards: cardDesk(settings.reviewMs),
    chance: () => options.random.next(),
    newId: options.newId,
    limits: { laneEntries: settings.tasksPerLane },
  }
  const egress = options.egress ?? noEgress
  const runner = createProcedureRunner(ledger, clock, () => system)
  const judge = (said: Said): Verdict => {
    const started = performance.now()
    const verdict = options.gate.judge(said)
    watch.judged(verdict, performance.now() - started)
    return verdict
  }
  const policyOf = (tenant: string): KnownPolicy | undefined =>
    knownPolicy(system.inspect(policyWatchAddress) as PolicyWatchState | undefined, tenant)
  const system: ActorSystem<NodeOwnEffect> = createActorSystem<NodeOwnEffect>({
    clock,
    scheduler: options.scheduler,
    random: options.random,
    effects: effectShells({
      ...options,
      runner,
      post: egress.post,
      judge: createJudging({
        judge,
        hashOf: options.hashOf,
        known: policyOf,
        learn: (tenant, after) => system.ask(policyWatchAddress, { kind: 'learn', tenant, after }, learnMs),
        now: clock.now,
        ...(options.judgeApart === undefined ? {} : { apart: options.judgeApart }),
      }),
    }),
    onDeadLetter: (letter) => {
      watch.deadLetter(letter)
      if (letter.messageKind === 'assigned' || letter.messageKind === 'doYouHold') lookForTasks()
    },
    onFailure: ({ actor, address, directive, error }) => {
      watch.note('error', `${actor} failed: ${errorText(error)}`, { address, leadsTo: directive.kind })
      if (directive.kind === 'escalate') watch.failed({ kind: 'fault', why: `${actor} failed` })
      if (directive.kind === 'stop') sessionFailed(address)
    },
  })

  /** A task is in nobody's hands: whatever this node holds is looked through, and goes back where no session knows it. */
  const lookForTasks = (): void => {
    for (let shard = 0; shard < ledger.shards; shard++) system.tell(shardDoorAddress(shard), { kind: 'doubt' })
  }

  /** What it held in memory is gone with it; its client comes again by another connection. */
  const sessionFailed = (session: Address): void => {
    const [, tenant = ''] = session.split('/')
    system.tell(dispatcherAddress(tenant), leave(session))
    system.tell(registryAddress, departed(session))
    options.close(session, 1011, 'the node failed at this connection')
    lookForTasks()
  }

  const facts: SessionFacts = {
    desk,
    heartbeatMs: settings.heartbeatMs,
    limits: settings.limits,
    ledger: () => ledger.durability,
  }
  const aheadBytes = settings.outboxMaxBytes * aheadPart
  const forProducers = unlessHalted(
    producerRequests(desk, settings.limits),
    () => system.inspect(fleetWatchAddress) as FleetWatchState | undefined,
  )
  const forOperators = operatorRequests({
    desk,
    judge: { judge, hashOf: options.hashOf },
    claimMs: settings.claimMs,
    revealTerms: (tenant, queue) => revealTerms(policyOf(tenant), queue),
    tasks: taskRequests(desk),
    whyRefused: egress.whyRefused,
  })

  system.spawn(registry, registryAddress, { desk })
  system.spawn(fleetWatch, fleetWatchAddress, { desk, generation: () => ledger.durability.generation })
  system.spawn(policyWatch, policyWatchAddress, {
    shards: ledger.shards,
    generation: () => ledger.durability.generation,
    read: policyIn,
  })
  system.spawn(courier, courierAddress, { desk })
  for (let shard = 0; shard < ledger.shards; shard++) {
    system.spawn(shardDoor, shardDoorAddress(shard), { shard })
    system.spawn(shardOwner, shardOwnerAddress(shard), {
      desk,
      shard,
      resumeMs: settings.resumeMs,
      bounds: {
        taskRetentionMs: settings.taskRetentionMs,
        absentRetentionMs: settings.absentRetentionMs,
        auditRetentionMs: settings.auditRetentionMs,
        outcomesKept: settings.outcomesKept,
        outcomeRetentionMs: settings.outcomeRetentionMs,
      },
    })
  }
  if (options.cluster === null) {
    const view = aloneView(options.node, options.holder)
    for (let shard = 0; shard < ledger.shards; shard++) system.tell(shardOwnerAddress(shard), members(view))
  } else {
    const { url, version, beatMs, leaseMs, quietMs } = options.cluster
    const me = { node: options.node, holder: options.holder, version, startedAt: clock.now() }
    const spans = { leaseMs, quietMs }
    system.spawn(membership, membershipAddress, { shards: ledger.shards, me, url, beatMs, spans })
  }
  let { generation } = ledger.durability
  const onHint = (shard: number, hint: string, isKept: boolean): void => {
    if (hint === missedHints && ledger.durability.generation !== generation) {
      generation = ledger.durability.generation
      watch.note('error', 'the ledger lost what it had acknowledged: clients are told', { generation })
      options.sendAll({ type: 'ledger', ...ledger.durability })
      system.tell(registryAddress, ledgerLost)
      // What it gave back from before is in nobody's hands here.
      lookForTasks()
    }
    tellHint(system, options.node, { shard, hint, isKept })
  }
  const endHints = ledger.onHint(onHint, (hint) => keepsHint(system, hint, clock.now()))
  const tenants = new Set<string>()

  const serveTenant = (tenant: string): void => {
    if (tenants.has(tenant)) return
    tenants.add(tenant)
    system.spawn(dispatcher, dispatcherAddress(tenant), { tenant, node: options.node, shards: ledger.shards })
    system.spawn(reviewQueue, reviewQueueAddress(tenant), { tenant, shards: ledger.shards })
    system.tell(fleetWatchAddress, serve(tenant))
    system.tell(policyWatchAddress, serve(tenant))
  }

  const openSession = (role: Role, identity: Identity): Address => {
    const address = `${role}/${identity.tenant}/${identity.sub}/${options.nextSession()}`
    serveTenant(identity.tenant)
    if (role === 'agent') {
      const { leaseMs, resumeMs } = settings
      system.spawn(agentSession, address, { ...facts, identity, leaseMs, resumeMs, aheadBytes })
    } else if (role === 'producer') {
      system.spawn(producerSession, address, { ...facts, identity, requests: forProducers, aheadBytes })
    } else {
      system.spawn(operatorSession, address, { ...facts, identity, requests: forOperators })
    }
    return address
  }

  return {
    system,
    runner,
    desk,
    operatorRequests: forOperators,
    producerRequests: forProducers,
    openSession,
    policyFor: (said) => policyInForce(policyOf(said.tenant), said, clock.now()),
    tenants,
    serveTenant,
    unreadyFor: () => {
      for (let shard = 0; shard < ledger.shards; shard++) {
        const door = system.inspect(shardDoorAddress(shard)) as ShardDoorState | undefined
        if (door === undefined || door.faults > 2) return 'the ledger does not answer'
      }
      return undefined
    },
    handOver: async () => {
      for (const tenant of tenants) system.tell(dispatcherAddress(tenant), drain)
      // What was handed out before has left for its agent.
      await system.drain()
      if (options.cluster !== null) system.tell(membershipAddress, draining)
    },
    ownsNothing: () => {
      if (options.cluster === null) return true
      for (let shard = 0; shard < ledger.shards; shard++) {
        const owner = system.inspect(shardOwnerAddress(shard)) as ShardOwnerState | undefined
        if (owner !== undefined && owner.tenure.kind !== 'none') return false
      }
      return true
    },
    leave: async () => {
      if (options.cluster !== null) await system.ask(membershipAddress, { kind: 'leave' }, leaveMs)
    },
    stop: async () => {
      endHints()
      await system.stop()
    },
  }
}

const members = (view: MembersView) => ({ kind: 'members', view })
const drain = { kind: 'drain' }
const ledgerLost = { kind: 'ledgerLost' }
const serve = (tenant: string) => ({ kind: 'serve', tenant })

const draining = { kind: 'status', status: 'draining' }
const leave = (session: Address) => ({ kind: 'leave', session })
const departed = (session: Address) => ({ kind: 'departed', session })
