/**
 * Every fault that is proved, in the order in which they are tried.
 *
 * A clock that is minutes off is not among them: a process can't be given another clock without help from outside, so
 * that is left to the simulation, where nodes' clocks run apart.
 */
import type { Fault } from './fault.js'
import { agentFrozen } from './faults/agentFrozen.js'
import { agentKilled } from './faults/agentKilled.js'
import { crowd } from './faults/crowd.js'
import { deadlyTask } from './faults/deadlyTask.js'
import { halfOpen } from './faults/halfOpen.js'
import { hintsCut } from './faults/hintsCut.js'
import { keysFlushed } from './faults/keysFlushed.js'
import { nodeFrozen } from './faults/nodeFrozen.js'
import { nodeKilled } from './faults/nodeKilled.js'
import { redisPutBack } from './faults/redisPutBack.js'
import { redisRestarted } from './faults/redisRestarted.js'
import { rollingRestart } from './faults/rollingRestart.js'
import { slowReader } from './faults/slowReader.js'
import { twoDecisions } from './faults/twoDecisions.js'

export const faults: readonly Fault[] = [
  agentKilled,
  agentFrozen,
  halfOpen,
  nodeKilled,
  nodeFrozen,
  redisRestarted,
  redisPutBack,
  keysFlushed,
  hintsCut,
  crowd,
  slowReader,
  twoDecisions,
  rollingRestart,
  deadlyTask,
]
