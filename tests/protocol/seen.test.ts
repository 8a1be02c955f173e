/** `seen`, step by step: when it is answered, and what becomes of it where the ledger is away. */
import { expect, test } from 'vitest'
import type { NodeEffect } from '../../src/actors/effects.js'
import { type ProducerSessionMessage, producerSession } from '../../src/actors/producerSession.js'
import type { ProducerSessionState } from '../../src/actors/producerSessionState.js'
import type { OutcomePage } from '../../src/tasks/outcomes.js'
import { noon, World } from '../tasks/world.js'

const wireLimits = {
  messageBytes: 1,
  payloadBytes: 1,
  outputBytes: 1,
  tasksPerSubmit: 1,
  // Room for a page of each shard at once.
  outcomeWindow: 1_000,
  framesPerSecond: 1,
}

/** A session whose steps' effects are looked at and not carried out. */
class Session {
  #state: ProducerSessionState

  constructor() {
    const args = {
      identity: { tenant: 't_acme', sub: 'shop', roles: ['producer'] },
      desk: new World({ shards: 2 }).desk,
      requests: () => {
        throw new Error('no requests here')
      },
      heartbeatMs: 5_000,
      aheadBytes: 4_194_304,
      limits: wireLimits,
      ledger: () => ({ generation: 'g1', durability: 'fsync', windowMs: 0 }) as const,
    }
    const [state] = producerSession.start(args, 'producer/1', noon)
    this.#state = state
  }

  tell(message: ProducerSessionMessage): readonly NodeEffect[] {
    const row = producerSession.on[message.kind] as (
      state: ProducerSessionState,
      message: ProducerSessionMessage,
      now: number,
    ) => readonly [ProducerSessionState, ...NodeEffect[]]
    const [state, ...effects] = row(this.#state, message, noon)
    this.#state = state
    return effects
  }

  seen(id: number, seq: number) {
    return this.tell({ kind: 'frame', frame: { type: 'seen', id, seq } })
  }
}

const tagsOf = (effects: readonly NodeEffect[]): readonly number[] =>
  effects.flatMap((effect) => (effect.kind === 'run' ? [effect.tag] : []))

const framesOf = (effects: readonly NodeEffect[]): readonly object[] =>
  effects.flatMap((effect) => (effect.kind === 'send' ? [effect.frame] : []))

const pageOf = (id: string): OutcomePage => ({
  outcomes: [{ id, told: { task: id, status: 'COMPLETED', final: true, step: 1, at: noon }, bytes: 100 }],
  hasMore: false,
  newest: 0,
})

/** One outcome of each of two shards is under way. */
const opened = (): Session => {
  const session = new Session()
  const [hello = -1] = tagsOf(session.tell({ kind: 'frame', frame: { type: 'hello', id: 1, subscriber: 'inbox' } }))
  const reads = tagsOf(session.tell({ kind: 'ran', tag: hello, result: { kind: 'subscribed', connection: 1 } }))
  for (const tag of reads) session.tell({ kind: 'ran', tag, result: pageOf(`outcome-${tag}`) })
  return session
}

test('[F61] seen is acknowledged behind the last shard that dropped what it names', () => {
  const session = opened()
  const [first = 0, second = 0] = tagsOf(session.seen(5, 2))
  expect(framesOf(session.tell({ kind: 'ran', tag: first, result: undefined }))).toEqual([])
  expect(framesOf(session.tell({ kind: 'ran', tag: second, result: undefined }))).toEqual([{ type: 'ack', re: 5 }])
})

test('[F61] where the ledger is away seen is refused, once, and sent again it drops what was not dropped', () => {
  const session = opened()
  const [first = 0, second = 0] = tagsOf(session.seen(5, 2))
  const away = { kind: 'ranNot', why: 'unavailable', retryAfterMs: 250 } as const
  const refused = framesOf(session.tell({ ...away, tag: first }))
  expect(refused).toMatchObject([{ type: 'error', re: 5, code: 'OVERLOADED', retryAfterMs: 250 }])
  expect(framesOf(session.tell({ kind: 'ran', tag: second, result: undefined }))).toEqual([])
  const again = tagsOf(session.seen(6, 2))
  expect(again).toHaveLength(1)
  expect(framesOf(session.tell({ kind: 'ran', tag: again[0] ?? 0, result: undefined }))).toEqual([
    { type: 'ack', re: 6 },
  ])
})
