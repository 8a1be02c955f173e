import { describe, expect, it } from 'vitest'
import { checkFrame, checkTaskSpec } from '../../src/protocol/check.js'
import { encodeFrame } from '../../src/protocol/encoding.js'
import type { FrameOf, Role } from '../../src/protocol/frames.js'
import { framesOf } from '../../src/protocol/frames.js'
import { Raw } from '../../src/protocol/raw.js'
import { readMessage } from '../../src/protocol/reading.js'
import { goldenFrames } from './goldenFrames.js'

/** Over the wire and back, as a node gets it. */
const received = (frame: object): Readonly<Record<string, unknown>> => {
  const message = readMessage(encodeFrame(frame))
  if (message.kind !== 'frames' || message.frames[0] === undefined) throw new Error('the frame was refused')
  return message.frames[0]
}

const checked = <R extends Role>(role: R, frame: object) => checkFrame(role, received(frame))

const agentHello = { type: 'hello', id: 1, queues: ['mail'], capacity: 2 }
const result = { type: 'result', id: 1, task: 't1', lease: 'l1' }

describe('golden frames', () => {
  it('[F1] there is one of each type that a role may send', () => {
    for (const role of ['agent', 'producer', 'operator'] as const) {
      const types = goldenFrames.filter((golden) => golden.from === role).map(({ frame }) => frame.type)
      expect(types.sort()).toEqual(Object.keys(framesOf[role]).sort())
    }
  })

  for (const { from, frame, hex } of goldenFrames) {
    it(`[F2] ${from} ${frame.type} has these bytes`, () => {
      expect(Buffer.from(encodeFrame(frame)).toString('hex')).toBe(hex)
    })
    if (from !== 'node')
      it(`[F3] ${from} ${frame.type} is read back and passes its check`, () => {
        const back = checkFrame(from, received(frame))
        if (back.kind !== 'ok') throw new Error(JSON.stringify(back))
        expect(encodeFrame(back.frame)).toEqual(encodeFrame(frame))
      })
  }
})

describe('what is wrong is named', () => {
  const cases: readonly [role: Role, frame: object, message: string][] = [
    ['agent', { ...agentHello, queues: [] }, 'queues: expected a list of 1 to 64 queue names'],
    ['agent', { ...agentHello, queues: ['ok', 'no way'] }, 'queues[1]: expected a name: 1 to 64 of A-Z a-z 0-9 . _ -'],
    ['agent', { ...agentHello, queues: 'mail' }, 'queues: expected a list of 1 to 64 queue names'],
    ['agent', { type: 'hello', id: 1, queues: ['a'] }, 'capacity: missing, expected an integer from 1 to 1024'],
    ['agent', { ...agentHello, capacity: 0 }, 'capacity: expected an integer from 1 to 1024'],
    ['agent', { ...agentHello, capacity: 1.5 }, 'capacity: expected an integer from 1 to 1024'],
    ['agent', { ...agentHello, instance: '' }, 'instance: expected a name: 1 to 64 of A-Z a-z 0-9 . _ -'],
    ['agent', { ...agentHello, session: 'x'.repeat(513) }, 'session: expected a text of 1 to 512 bytes'],
    [
      'agent',
      { ...agentHello, holding: [{ task: 't' }] },
      'holding[0].lease: missing, expected a text of 1 to 512 bytes',
    ],
    [
      'agent',
      { ...agentHello, holding: [{ task: '/', lease: 'l' }] },
      'holding[0].task: expected an id: 1 to 64 of A-Z a-z 0-9 _ -',
    ],
    ['agent', { type: 'heartbeat', status: 'GONE' }, 'status: expected one of ACTIVE, IDLE, BUSY'],
    ['agent', { type: 'heartbeat', holding: [7] }, 'holding[0]: expected a text of 1 to 512 bytes'],
    ['agent', { type: 'pull', id: 1, credits: 1025 }, 'credits: expected an integer from 0 to 1024'],
    ['agent', { type: 'progress', task: 't', lease: 'l', percent: 101 }, 'percent: expected a number from 0 to 100'],
    ['agent', { type: 'progress', task: 't', lease: 'l', note: 7 }, 'note: expected a text of at most 4096 bytes'],
    ['agent', { type: 'result', id: 1, task: 't' }, 'lease: missing, expected a text of 1 to 512 bytes'],
    ['agent', { type: 'fail', id: 1, task: 't', lease: 'l' }, 'error: missing, expected a map {code, message}'],
    [
      'agent',
      { type: 'fail', id: 1, task: 't', lease: 'l', error: {} },
      'error.code: missing, expected a text of 1 to 256 bytes',
    ],
    [
      'agent',
      { type: 'fail', id: 1, task: 't', lease: 'l', error: { code: 'X', message: 'm' }, retry: 1 },
      'retry: expected true or false',
    ],
    ['agent', { type: 'propose', id: 1, task: 't', lease: 'l', key: 'k' }, 'action: missing, expected any value'],
    [
      'producer',
      { type: 'hello', id: 1, subscriber: 'a b' },
      'subscriber: expected a name: 1 to 64 of A-Z a-z 0-9 . _ -',
    ],
    ['producer', { type: 'submit', id: 1, tasks: [] }, 'tasks: expected a list of 1 to 256 tasks'],
    ['producer', { type: 'get', id: 1 }, 'task: missing, expected an id: 1 to 64 of A-Z a-z 0-9 _ -'],
    ['producer', { type: 'seen', seq: -1 }, 'seq: expected an integer from 0 to 9007199254740991'],
    ['producer', { type: 'tasks', id: 1, limit: 0 }, 'limit: expected an integer from 1 to 4294967295'],
    ['operator', { type: 'decide', id: 1, review: 'r', status: 'MAYBE' }, 'status: expected one of APPROVED, REJECTED'],
    [
      'operator',
      { type: 'assign', id: 1, review: 'r', to: 'a/b' },
      'to: expected a name of 1 to 128 bytes without / and control characters',
    ],
    [
      'operator',
      { type: 'subscribe', id: 1, filter: { severity: 'dire' } },
      'filter.severity: expected one of low, normal, high',
    ],
    [
      'operator',
      { type: 'subscribe', id: 1, filter: 7 },
      'filter: expected a map of status, reason, severity, queue, text',
    ],
    ['operator', { type: 'reauth', id: 1, token: '' }, 'token: expected a text of 1 to 16384 bytes'],
  ]
  for (const [role, frame, message] of cases)
    it(`[F4] ${message}`, () => {
      const answer = checked(role, frame)
      expect(answer).toMatchObject({ kind: 'invalid', code: 'INVALID', message })
    })

  it('[F5] the request id comes with the refusal', () => {
    expect(checked('agent', { ...agentHello, id: 4_294_967_295, capacity: 0 })).toMatchObject({ id: 4_294_967_295 })
  })

  it('[F6] a request without a usable id is a bad frame', () => {
    for (const id of [undefined, -1, 1.5, 4_294_967_296, 'one'])
      expect(checked('agent', { ...agentHello, id })).toEqual({
        kind: 'invalid',
        code: 'BAD_FRAME',
        message: expect.stringMatching(/^id: .*expected an integer from 0 to 4294967295$/),
      })
  })

  it('[F7] a frame without a type is a bad frame, one of an unknown type is told so', () => {
    expect(checked('agent', { id: 3 })).toMatchObject({ kind: 'invalid', code: 'BAD_FRAME', id: 3 })
    expect(checked('agent', { id: 3, type: 'submit' })).toEqual({ kind: 'unknownType', type: 'submit', id: 3 })
    expect(checked('agent', { id: 3, type: 'constructor' })).toMatchObject({ kind: 'unknownType' })
  })
})

describe('what is let through', () => {
  it('[F8] nil in an optional field is as if it were missing', () => {
    const answer = checked('agent', { ...agentHello, instance: null, session: null, holding: null, meta: null })
    expect(answer).toEqual({ kind: 'ok', frame: agentHello })
    const decide = { type: 'decide', id: 1, review: 'r', status: 'APPROVED' }
    expect(checked('operator', { ...decide, edited: null, version: null })).toEqual({ kind: 'ok', frame: decide })
    const subscribe = { type: 'subscribe', id: 1 }
    expect(checked('operator', { ...subscribe, filter: { status: null } })).toEqual({
      kind: 'ok',
      frame: { ...subscribe, filter: {} },
    })
  })

  it('[F9] nil in a required field is missing', () => {
    expect(checked('agent', { ...agentHello, capacity: null })).toMatchObject({
      message: expect.stringContaining('capacity: missing'),
    })
  })

  it('[F10] unknown keys are ignored, whatever they hold', () => {
    const answer = checked('agent', { ...agentHello, colour: { payload: [1, 2] }, output: 'x' })
    expect(answer.kind).toBe('ok')
  })

  it('[F11] confidence may be anything', () => {
    for (const confidence of [0.5, 2, -1, 'high', true, null, { sure: [] }, [1], 2n ** 60n])
      expect(checked('agent', { ...result, confidence }).kind).toBe('ok')
    const read = received({ ...result, confidence: 0.5 })
    expect(read.confidence).toBe(0.5)
    const nan = Buffer.concat([
      Buffer.from(encodeFrame({ ...result, confidence: 0 })).subarray(0, -1),
      Buffer.from('cb7ff8000000000000', 'hex'),
    ])
    const message = readMessage(nan)
    if (message.kind !== 'frames') throw new Error(message.why)
    expect(checkFrame('agent', message.frames[0] ?? {}).kind).toBe('ok')
  })

  it('[F12] output may be missing, nil or anything', () => {
    expect(checked('agent', result).kind).toBe('ok')
    expect(checked('agent', { ...result, output: null }).kind).toBe('ok')
    const answer = checked('agent', { ...result, output: { a: 1 } })
    if (answer.kind !== 'ok' || answer.frame.type !== 'result') throw new Error('refused')
    expect(answer.frame.output?.value()).toEqual({ a: 1 })
  })
})

describe('free values', () => {
  it('[F13] one that is too large is told apart from one that is wrong', () => {
    const within = { payloadBytes: 100, outputBytes: 50 }
    const frame = received({ ...result, output: 'x'.repeat(60) })
    expect(checkFrame('agent', frame, within)).toEqual({
      kind: 'invalid',
      id: 1,
      code: 'TOO_LARGE',
      message: 'output: expected at most 50 bytes, got 62',
    })
    expect(checkTaskSpec({ queue: 'q', payload: Raw.of('x'.repeat(200)) }, within)).toMatchObject({ code: 'TOO_LARGE' })
    expect(checked('agent', { ...agentHello, meta: 'x'.repeat(16_384) })).toMatchObject({ code: 'TOO_LARGE' })
  })

  it('[F14] NaN and infinities in them are invalid, and name the field', () => {
    for (const hex of ['cb7ff8000000000000', 'ca7f800000', 'cbfff0000000000000', '9181a161ca7fc00000']) {
      const head = Buffer.from(encodeFrame({ ...result, output: 0 })).subarray(0, -1)
      const message = readMessage(Buffer.concat([head, Buffer.from(hex, 'hex')]))
      if (message.kind !== 'frames') throw new Error(message.why)
      expect(checkFrame('agent', message.frames[0] ?? {})).toEqual({
        kind: 'invalid',
        id: 1,
        code: 'INVALID',
        message: 'output: expected finite numbers, got NaN or an infinity',
      })
    }
  })
})

describe('items of a submit', () => {
  const payload = Raw.of({ a: 1 })
  const cases: readonly [item: Readonly<Record<string, unknown>>, message: string][] = [
    [{ payload }, 'queue: missing, expected queue or steps'],
    [{ queue: 'q', steps: ['q'], payload }, 'steps: expected queue or steps, got both'],
    [{ steps: [], payload }, 'steps: expected a list of 1 to 64 queue names'],
    [{ queue: 'q' }, 'payload: missing, expected any value'],
    [{ queue: 'q', payload, key: '' }, 'key: expected a text of 1 to 256 bytes'],
    [{ queue: 'q', payload, key: 'é'.repeat(129) }, 'key: expected a text of 1 to 256 bytes'],
    [{ queue: 'q', payload, priority: 'urgent' }, 'priority: expected one of high, normal, low'],
    [{ queue: 'q', payload, maxAttempts: 0 }, 'maxAttempts: expected an integer from 1 to 100'],
    [{ queue: 'q', payload, delayMs: 2_592_000_001 }, 'delayMs: expected an integer from 0 to 2592000000'],
    [{ queue: 'q', payload, timeoutMs: 604_800_001 }, 'timeoutMs: expected an integer from 1 to 604800000'],
    [{ queue: 'q', payload, ttlMs: 0 }, 'ttlMs: expected an integer from 1 to 31536000000'],
  ]
  for (const [item, message] of cases)
    it(`[F15] ${message}`, () => expect(checkTaskSpec(item)).toEqual({ kind: 'invalid', code: 'INVALID', message }))

  it('[F16] each is checked by itself: a bad one does not refuse the frame', () => {
    const frame = checked('producer', {
      type: 'submit',
      id: 1,
      tasks: [{ queue: '/', payload: 1 }, { queue: 'q', payload: null, key: null }, 7, ['q']],
    })
    if (frame.kind !== 'ok' || frame.frame.type !== 'submit') throw new Error('refused')
    const [bad, good, ...others] = frame.frame.tasks
    for (const other of others)
      expect(checkTaskSpec(other)).toEqual({ kind: 'invalid', code: 'INVALID', message: 'expected a task (map)' })
    expect(checkTaskSpec(bad)).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('queue: expected a name'),
    })
    const spec = checkTaskSpec(good)
    if (spec.kind !== 'ok') throw new Error(spec.message)
    expect(spec.spec.payload.value()).toBeNull()
    expect('key' in spec.spec).toBe(false)
  })

  it('[F17] a frame of a role has the types of that role', () => {
    const types: readonly FrameOf<'producer'>['type'][] = [
      'hello',
      'submit',
      'get',
      'cancel',
      'seen',
      'tasks',
      'replay',
      'heartbeat',
      'reauth',
    ]
    expect([...types].sort()).toEqual(Object.keys(framesOf.producer).sort())
  })
})
