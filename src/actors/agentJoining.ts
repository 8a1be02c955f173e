/**
 * An agent says hello: its names pass the gate, its leases are adopted, and it is committed as the agent's one
 * connection. Only then is it welcome.
 */
import type { AgentHello } from '../protocol/agentFrames.js'
import { Raw } from '../protocol/raw.js'
import type { Desk } from '../tasks/desk.js'
import { type Joined, type Joiner, type JoinReply, joinAgent } from '../tasks/joining.js'
import type { LeasePlace } from '../tasks/lease.js'
import { ask, type Procedure } from '../tasks/procedure.js'
import { overloaded, type Reply, refuse } from '../tasks/reply.js'
import { shardOf } from '../tasks/shardOf.js'
import { fleetWatchAddress, registryAddress, shardDoorAddress } from './addresses.js'
import { resumeProposals } from './agentDecisions.js'
import { armLook, holdLease } from './agentLeases.js'
import type { AgentSessionArgs, AgentSessionState, Greeting, Joining, Live, Work } from './agentSessionState.js'
import { answerTo } from './answer.js'
import { type Judgement, type NodeEffect, send, tell } from './effects.js'
import type { MayJoin } from './fleetWatch.js'
import type { Step } from './runtime/actor.js'
import { newTaskFlow } from './taskFlow.js'
import { welcomeOf } from './welcome.js'

type AgentStep = Step<AgentSessionState, NodeEffect>

const agentOf = ({ identity }: AgentSessionArgs, { instance }: AgentHello): string =>
  instance === undefined ? identity.sub : `${identity.sub}/${instance}`

/** Operators see an agent's id and queues, so the gate sees them first. */
export const sayHello = ({ self, args }: Greeting, hello: AgentHello): AgentStep => {
  const agent = agentOf(args, hello)
  const next: Joining = { kind: 'joining', self, args, hello, agent, lost: [], shards: [], isGone: false }
  const raw = Raw.of([hello.instance ?? '', ...hello.queues])
  return [next, { kind: 'judge', tag: 0, spoken: { tenant: args.identity.tenant, queue: '', kind: 'text', raw } }]
}

export const joinJudged = (joining: Joining, { verdict, edition }: Judgement, now: number): AgentStep => {
  const { args, hello, agent } = joining
  // The ledger didn't say by what to judge: that is no fault of the names.
  if (edition === undefined) return joinFailed(joining, overloaded(unknownRetryMs))
  if (verdict.kind === 'hold') {
    return joinFailed(joining, refuse('INVALID', `instance, queues: the gate holds these names (${verdict.details})`))
  }
  const { holding, lost } = verifiedHolding(args, agent, hello)
  const { signer } = args.desk
  const { tenant } = args.identity
  const lastConnection = hello.session === undefined ? 0 : (signer.verifySession(hello.session, tenant, agent) ?? 0)
  const joiner: Joiner = { tenant, agent, queues: hello.queues, lastConnection, holding }
  const shards = [...new Set(holding.map(({ place }) => place.shard))]
  const next: Joining = { ...joining, lost, shards }
  return [next, { kind: 'run', tag: 0, procedure: join(args.desk, joiner, now) }]
}

type JoinAnswer = JoinReply | { readonly kind: 'banned' } | { readonly kind: 'unknown' }

const askMs = 5_000
const unknownRetryMs = 250

const banned = refuse('FORBIDDEN', 'hello: this agent is banned')
export const closeBanned: NodeEffect = { kind: 'close', code: 4010, reason: 'banned' }

/** What a banned agent held is not adopted. */
function* join(desk: Desk, joiner: Joiner, now: number): Procedure<JoinAnswer> {
  const { tenant, agent } = joiner
  const { verdict } = yield* ask<MayJoin>(fleetWatchAddress, { kind: 'mayJoin', tenant, agent }, askMs)
  return verdict === 'yes' ? yield* joinAgent(desk, joiner, now) : { kind: verdict }
}

/** The leases that the agent says it holds: those that are really its, and tokens of the others. */
const verifiedHolding = (
  { desk, identity }: AgentSessionArgs,
  agent: string,
  { holding = [] }: AgentHello,
): { readonly holding: { token: string; place: LeasePlace }[]; readonly lost: string[] } => {
  const verified = new Map<string, LeasePlace>()
  const lost: string[] = []
  for (const { task, lease } of holding) {
    const place = desk.signer.verify(lease, identity.tenant, agent)
    if (place !== null && place.task === task && place.shard < desk.shards) verified.set(lease, place)
    else lost.push(lease)
  }
  return { holding: [...verified].map(([token, place]) => ({ token, place })), lost }
}

/** It may say hello again. */
export const joinFailed = ({ self, args, hello, shards, isGone }: Joining, reply: Reply): AgentStep => {
  const greeting: Greeting = { kind: 'greeting', self, args, doubtful: shards }
  return isGone ? endGreeting(greeting) : [greeting, answerTo(hello.id, reply)]
}

export const endGreeting = (greeting: Greeting): AgentStep => {
  const doubts = greeting.doubtful.map((shard) => tell(shardDoorAddress(shard), { kind: 'doubt' }))
  return [greeting, ...doubts, { kind: 'stop' }]
}

export const joinRan = (joining: Joining, result: unknown, now: number): AgentStep => {
  const reply = result as JoinAnswer
  const { self, args, hello, isGone } = joining
  if (reply.kind === 'overloaded') return joinFailed(joining, overloaded(reply.retryAfterMs))
  if (reply.kind === 'unknown') return joinFailed(joining, overloaded(unknownRetryMs))
  if (reply.kind === 'banned') return [...joinFailed(joining, banned), closeBanned]
  const live: Live = { kind: 'live', self, args, work: workOf(joining, reply) }
  const effects: NodeEffect[] = [
    tell(registryAddress, {
      kind: 'arrived',
      session: self,
      tenant: args.identity.tenant,
      agent: joining.agent,
      connection: reply.connection,
      queues: hello.queues,
      at: now,
      adopted: new Set(reply.resumed.map(({ lease }) => lease.task.id)),
    }),
  ]
  for (const { token, lease } of reply.resumed) {
    const held = holdLease(live.work, lease, token, true, now)
    effects.push(...armLook(live, held), ...resumeProposals(live, held, now))
  }
  if (!isGone) return [live, ...effects, send(welcome(joining, reply, now))]
  // What it adopted is kept for as long as after any lost connection.
  return [live, ...effects, tell(self, { kind: 'lost' })]
}

const workOf = ({ hello, agent }: Joining, { connection }: Joined): Work => ({
  agent,
  connection,
  queues: [...new Set(hello.queues)],
  capacity: hello.capacity,
  leases: new Map(),
  pending: new Map(),
  calledOff: new Set(),
  nextTag: 1,
  credits: 0,
  flow: newTaskFlow(),
  isLooking: false,
  lookAt: 0,
  status: null,
  lastReportAt: 0,
})

const welcome = ({ args, hello, agent, lost }: Joining, joined: Joined, now: number) => ({
  ...welcomeOf(args, args.identity, hello.id, now),
  agent,
  session: args.desk.signer.signSession(joined.connection, args.identity.tenant, agent),
  leaseMs: args.leaseMs,
  resumeMs: args.resumeMs,
  // Each agent has its own moment in the period, the same after each reconnect.
  heartbeatPhaseMs: shardOf(`${args.identity.tenant}/${agent}`, args.heartbeatMs),
  resumed: joined.resumed.map(({ token }) => token),
  lost: [...lost, ...joined.lost],
})
