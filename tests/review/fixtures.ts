/** Tasks, held words and cards for tests, each differing from an ordinary one by what is given. */
import { Raw } from '../../src/protocol/raw.js'
import { type Card, newCard } from '../../src/review/card.js'
import type { HeldWord } from '../../src/tasks/desk.js'
import type { Task } from '../../src/tasks/task.js'
import type { Finding } from '../../src/tasks/verdict.js'

export const tenant = 't_acme'

/** 2026-07-01, 12:00 UTC. */
export const noon = Date.UTC(2026, 6, 1, 12)

export const aTask = (different: Partial<Task> = {}): Task => ({
  id: 'task1',
  tenant,
  sub: 'shop',
  subscriber: 'inbox',
  status: 'RUNNING',
  steps: ['mail'],
  step: 1,
  priority: 'normal',
  turn: 1,
  attempts: 0,
  maxAttempts: 3,
  timeoutMs: 60_000,
  createdAt: noon - 10_000,
  updatedAt: noon - 5_000,
  payload: Raw.of({ subject: 'hello' }).bytes,
  ends: [],
  ...different,
})

export const aFinding = (different: Partial<Finding> = {}): Finding => ({
  reason: 'SENSITIVE_KEYWORD',
  rule: 'keyword.password',
  path: '/text',
  start: 3,
  end: 11,
  excerpt: 'my password is',
  ...different,
})

export type HeldOptions = {
  readonly task?: Task
  readonly kind?: HeldWord['kind']
  readonly value?: unknown
  readonly verdict?: Partial<HeldWord['verdict']>
}

export const aHeldWord = ({ task = aTask(), kind = 'result', value, verdict }: HeldOptions = {}): HeldWord => {
  const said = value ?? { text: 'my password is in the drawer' }
  return {
    task,
    agent: 'crawler/7',
    kind,
    value: Raw.of(said).bytes,
    hash: hashOf(said),
    confidence: 0.9,
    verdict: {
      kind: 'hold',
      policyVersion: 'p_1',
      reason: 'SENSITIVE_KEYWORD',
      severity: 'high',
      details: 'Says password.',
      findings: [aFinding()],
      ...verdict,
    },
  }
}

export const aCard = (options: HeldOptions & { readonly createdAt?: number } = {}): Card =>
  newCard(aHeldWord(options), options.createdAt ?? noon)

/** Tells contents apart, which is all that a hash has to do here. */
export const hashOf = (value: unknown): string => `h:${Buffer.from(Raw.of(value).bytes).toString('hex')}`

/** What bytes say, whatever they are made of. */
export const said = (bytes: unknown): unknown => {
  if (bytes instanceof Raw) return bytes.value()
  return bytes instanceof Uint8Array ? new Raw(bytes).value() : bytes
}
