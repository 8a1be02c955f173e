/** `chimera/client`: agents, producers and operators, in Node; operators also in a browser. */

export type { Assignment, Outcome } from '../protocol/nodeFrames.js'
export type { CardFilter } from '../protocol/operatorFrames.js'
export type {
  AgentRecord,
  Approval,
  FleetRecord,
  FleetStanding,
  Rejection,
  ReviewCard,
  ReviewFinding,
  TaskError,
  TaskRecord,
  TaskStatus,
} from '../protocol/records.js'
export { Agent } from './agent.js'
export type { AgentOptions, CloseOptions } from './agentOptions.js'
export type { CallOptions } from './call.js'
export { type ChimeraCode, ChimeraError } from './chimeraError.js'
export type { FinalOutcome } from './endings.js'
export type { Fleet, FleetAnswer, FleetTarget, WordOptions } from './fleet.js'
export type { LinkOptions, LinkState, StateListener } from './linkState.js'
export type { NewTask } from './newTask.js'
export {
  type CardDecision,
  type Decision,
  Operator,
  type Page,
  type Paging,
  type SubscribeOptions,
} from './operator.js'
export type { OutcomeListener } from './outcomes.js'
export type { Platform } from './platform.js'
export {
  Producer,
  type ProducerCloseOptions,
  type ProducerOptions,
  type SubmitOptions,
  type TaskFilter,
} from './producer.js'
export type { ActionDecision, ProposeOptions } from './proposals.js'
export type { CardChange, CardListener } from './subscription.js'
export { TaskFailure, type TaskFailureOptions } from './taskFailure.js'
export { PartlyRefused, TaskHandle, type WaitOptions } from './taskHandle.js'
export type { TokenSource } from './token.js'
export type { Answer, Handle, Release, TaskContext } from './work.js'
