/** A good frame of each type that a role may send, without its `id`: what tests make wrong ones of. */
import type { Role } from '../../src/protocol/frames.js'

export type Fields = Readonly<Record<string, unknown>>

const task = { task: 't1' }
const lease = { ...task, lease: '0~1~2~t1~lane~generation~mac' }
const review = { review: 'r1' }
const everyRole = {
  heartbeat: { status: 'IDLE', holding: ['a-lease'], metrics: { load: 1 } },
  reauth: { token: 'a.b.c' },
}
const page = { limit: 10, cursor: 'x' }

export const goodFrames: Readonly<Record<Role, Readonly<Record<string, Fields>>>> = {
  agent: {
    ...everyRole,
    hello: { queues: ['q'], capacity: 1, instance: 'i', session: 's', holding: [lease], meta: { os: 'x' } },
    pull: { credits: 1 },
    progress: { ...lease, percent: 50, note: 'half' },
    result: { ...lease, output: { text: 'x' }, confidence: 1, meta: {}, credits: 1 },
    fail: { ...lease, error: { code: 'E', message: 'm' }, retry: true, credits: 1 },
    release: lease,
    propose: { ...lease, key: 'k', action: { do: 'x' }, confidence: 1, summary: 's' },
    decided: { ...lease, key: 'k' },
  },
  producer: {
    ...everyRole,
    hello: { subscriber: 's' },
    submit: { tasks: [{ queue: 'q', payload: 1 }] },
    get: task,
    cancel: { ...task, reason: 'r' },
    seen: { seq: 1 },
    tasks: { status: 'QUEUED', queue: 'q', ...page },
    replay: task,
  },
  operator: {
    ...everyRole,
    hello: {},
    subscribe: { filter: { status: 'PENDING', reason: 'PII', severity: 'high', queue: 'q', text: 'x' }, ...page },
    cards: { filter: {}, ...page },
    get: review,
    claim: { ...review, release: true, force: true },
    assign: { ...review, to: 'olga', note: 'n' },
    decide: { ...review, version: 1, status: 'APPROVED', edited: 1, reason: 'r', reasonCode: 'c' },
    decideMany: { cards: [{ review: 'r_t_1', version: 1 }], status: 'REJECTED', reason: 'r', reasonCode: 'c' },
    reveal: review,
    stats: {},
    agents: page,
    audit: page,
    auditCheckpoint: {},
    auditLines: { shard: 0, upTo: 1, after: '1-0' },
    auditKey: {},
    eraseAudit: { entry: '3/17', reason: 'r' },
    fleet: {},
    cluster: {},
    control: { act: 'pause', queue: 'q', reason: 'r' },
    policy: {},
    setPolicy: { policy: '{}', version: 'p_0' },
    backtest: { policy: '{}', limit: 1 },
    webhooks: {},
    setWebhook: {
      name: 'w',
      url: 'https://example.org/',
      cards: true,
      outcomes: [{ sub: 's', subscriber: 'i' }],
      rotate: true,
    },
    removeWebhook: { name: 'w' },
    testWebhook: { name: 'w' },
    deadDeliveries: { name: 'w', ...page },
    resend: { name: 'w', event: 'evt_1' },
    numbers: { days: 1 },
    calibration: { days: 1, queue: 'q', agent: 'a' },
    tasks: { status: 'QUEUED', queue: 'q', ...page },
    replay: task,
    getTask: task,
    cancelTask: { ...task, reason: 'r' },
  },
}

/** A good item of a `submit`. */
export const goodTask: Fields = {
  queue: 'q',
  payload: null,
  key: 'k',
  priority: 'high',
  delayMs: 1,
  ttlMs: 1_000,
  timeoutMs: 1_000,
  maxAttempts: 1,
  trace: 't',
}

export const roles: readonly Role[] = ['agent', 'producer', 'operator']
