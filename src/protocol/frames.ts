/**
 * Every frame towards the node, by the role that may send it: the one table of the wire.
 *
 * A frame that is added gets its row here, and with it its check, its type and its place in the sessions' tables.
 */
import type { Static, TObject } from 'typebox'
import { AgentHello, Decided, Fail, Progress, Propose, Pull, Release, Result } from './agentFrames.js'
import {
  AssignCard,
  AuditCheckpoint,
  AuditKey,
  AuditLines,
  BacktestPolicy,
  Calibration,
  ClaimCard,
  ControlFleet,
  DeadDeliveries,
  Decide,
  DecideMany,
  EraseAudit,
  GetCard,
  GetCluster,
  GetFleet,
  GetPolicy,
  ListAgents,
  ListAudit,
  ListCards,
  ListWebhooks,
  OperatorHello,
  RemoveWebhook,
  Resend,
  Reveal,
  ReviewNumbers,
  SetPolicy,
  SetWebhook,
  Stats,
  Subscribe,
  TestWebhook,
} from './operatorFrames.js'
import {
  CancelTask,
  GetTask,
  ListTasks,
  OperatorCancelTask,
  OperatorGetTask,
  ProducerHello,
  Replay,
  Seen,
  Submit,
} from './producerFrames.js'
import { Heartbeat, Reauth } from './sharedFrames.js'

const everyRole = { heartbeat: Heartbeat, reauth: Reauth }

export const framesOf = {
  agent: {
    ...everyRole,
    hello: AgentHello,
    pull: Pull,
    progress: Progress,
    result: Result,
    fail: Fail,
    release: Release,
    propose: Propose,
    decided: Decided,
  },
  producer: {
    ...everyRole,
    hello: ProducerHello,
    submit: Submit,
    get: GetTask,
    cancel: CancelTask,
    seen: Seen,
    tasks: ListTasks,
    replay: Replay,
  },
  operator: {
    ...everyRole,
    hello: OperatorHello,
    subscribe: Subscribe,
    cards: ListCards,
    get: GetCard,
    claim: ClaimCard,
    assign: AssignCard,
    decide: Decide,
    decideMany: DecideMany,
    reveal: Reveal,
    stats: Stats,
    agents: ListAgents,
    audit: ListAudit,
    auditCheckpoint: AuditCheckpoint,
    auditLines: AuditLines,
    auditKey: AuditKey,
    eraseAudit: EraseAudit,
    fleet: GetFleet,
    cluster: GetCluster,
    control: ControlFleet,
    policy: GetPolicy,
    setPolicy: SetPolicy,
    backtest: BacktestPolicy,
    webhooks: ListWebhooks,
    setWebhook: SetWebhook,
    removeWebhook: RemoveWebhook,
    testWebhook: TestWebhook,
    deadDeliveries: DeadDeliveries,
    resend: Resend,
    numbers: ReviewNumbers,
    calibration: Calibration,
    tasks: ListTasks,
    replay: Replay,
    getTask: OperatorGetTask,
    cancelTask: OperatorCancelTask,
  },
} as const satisfies Record<string, Record<string, TObject>>

export type Role = keyof typeof framesOf

type SchemaStatic<T> = T extends TObject ? Static<T> : never

/** What a session of this role is sent, as a union told apart by `type`. */
export type FrameOf<R extends Role> = R extends Role
  ? SchemaStatic<(typeof framesOf)[R][keyof (typeof framesOf)[R]]>
  : never

export type AgentFrame = FrameOf<'agent'>
export type ProducerFrame = FrameOf<'producer'>
export type OperatorFrame = FrameOf<'operator'>
