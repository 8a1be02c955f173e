/** What every role is told in its `welcome`. */
import type { Welcome } from '../protocol/nodeFrames.js'
import type { SessionFacts } from './agentSessionState.js'
import type { Identity } from './effects.js'

export const welcomeOf = (facts: SessionFacts, { tenant, sub, roles }: Identity, re: number, now: number): Welcome => ({
  type: 'welcome',
  re,
  node: facts.desk.node,
  now,
  sub,
  tenant,
  roles,
  heartbeatMs: facts.heartbeatMs,
  limits: facts.limits,
  ledger: facts.ledger(),
})
