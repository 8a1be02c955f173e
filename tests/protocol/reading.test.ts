import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkFrame } from '../../src/protocol/check.js'
import { encodeFrame, encodeMessage } from '../../src/protocol/encoding.js'
import { limits } from '../../src/protocol/formats.js'
import { Raw } from '../../src/protocol/raw.js'
import { clientReadLimits, type Message, readMessage } from '../../src/protocol/reading.js'
import { goldenFrames } from './goldenFrames.js'
import { freeValue, plain, unpackByOther } from './values.js'

const hex = (...parts: readonly string[]): Buffer => Buffer.from(parts.join(''), 'hex')
const read = (...parts: readonly string[]): Message => readMessage(hex(...parts))
const why = (message: Message): string => (message.kind === 'malformed' ? message.why : 'it was read')

/** {payload: …} and {x: …} around a value. */
const asFree = (value: string): Message => read('81a77061796c6f6164', value)
const asField = (value: string): Message => read('81a178', value)

describe('what is refused', () => {
  const cases: readonly [name: string, hex: string, why: string][] = [
    ['nothing', '', 'it ends in the middle of a value'],
    ['a number', '01', 'expected a frame (map) or a list of frames, got integer'],
    ['a list with something else', '9180c0', 'bytes after the message'],
    ['two frames one after the other', '8080', 'bytes after the message'],
    ['half a frame', '81a174', 'it ends in the middle of a value'],
    ['a key that is a number', '810101', 'a key that is no text'],
    ['a key twice', '82a16101a16102', 'a key that comes twice'],
    ['a key twice in different forms', '82a16101d9016102', 'a key that comes twice'],
    ['a key __proto__', '81a95f5f70726f746f5f5f01', 'a key __proto__'],
    ['an integer beyond 2^53', '81a178cf0020000000000000', 'an integer beyond 2^53'],
    ['the byte that means nothing', '81a178c1', 'a byte that means nothing (0xc1)'],
    ['a text that is not UTF-8', '81a178a2c328', 'a text that is not UTF-8'],
    ['a lone surrogate', '81a178a3eda080', 'a text that is not UTF-8'],
    ['an overlong slash', '81a178a2c0af', 'a text that is not UTF-8'],
    ['a code point beyond the last', '81a178a4f4908080', 'a text that is not UTF-8'],
    ['a text that is cut off', '81a178a3e282', 'a text longer than what is left'],
  ]
  for (const [name, bytes, message] of cases) it(`[F40] ${name}`, () => expect(why(read(bytes))).toBe(message))

  it('[F41] every extension type, in frames and in free values', () => {
    const forms = [
      'd4TT00',
      'd5TT0000',
      'd6TT00000000',
      'd7TT0000000000000000',
      `d8TT${'00'.repeat(16)}`,
      'c701TT00',
      'c80001TT00',
      'c900000001TT00',
    ]
    for (let type = 0; type < 256; type++)
      for (const form of forms) {
        const bytes = form.replace('TT', type.toString(16).padStart(2, '0'))
        expect(why(asFree(bytes))).toBe('an extension type')
        expect(why(asField(bytes))).toBe('an extension type')
      }
  })

  it('[F42] the same faults in free values', () => {
    expect(why(asFree('82a16101a16102'))).toBe('a key that comes twice')
    expect(why(asFree('82a16101d9016102'))).toBe('a key that comes twice')
    expect(why(asFree('810101'))).toBe('a key that is no text')
    expect(why(asFree('9181a95f5f70726f746f5f5f01'))).toBe('a key __proto__')
    expect(why(asFree('91a3eda080'))).toBe('a text that is not UTF-8')
    expect(why(asFree('81a3eda08001'))).toBe('a key that is not UTF-8')
    expect(why(asFree('92c0'))).toBe('a list longer than what is left')
    expect(why(asFree(''))).toBe('it ends in the middle of a value')
  })

  it('[F43] a key twice in a long map, but not the same key in maps side by side and in one another', () => {
    const keys = Array.from({ length: 40 }, (_, i) => `a2${Buffer.from(String(i + 10)).toString('hex')}01`)
    expect(asFree(`de0028${keys.join('')}`).kind).toBe('frames')
    expect(why(asFree(`de0029${keys.join('')}a2313001`))).toBe('a key that comes twice')
    expect(asFree('9281a1610181a16101').kind).toBe('frames')
    expect(asFree('81a16181a16181a16101').kind).toBe('frames')
    expect(asFree(`82a161de0028${keys.join('')}a162de0028${keys.join('')}`).kind).toBe('frames')
    expect(why(asFree(`82a161de0028${keys.join('')}a16101`))).toBe('a key that comes twice')
  })

  it('[F44] declared lengths beyond what is left, before anything is made of them', () => {
    for (const head of [
      'dbffffffff',
      'ddffffffff',
      'dfffffffff',
      'c6ffffffff',
      'da0fff',
      'dc0fff',
      'de0fff',
      'df7fffffff',
    ]) {
      expect(why(read(head))).toMatch(/longer than what is left|expected a frame/)
      expect(why(asFree(`${head}00`))).toMatch(/longer than what is left/)
      expect(why(asField(`${head}00`))).toMatch(/longer than what is left/)
    }
  })

  it('[F45] depth: 64 in a frame, 10,000 in a free value, however much comes', () => {
    expect(asField(`${'91'.repeat(63)}00`).kind).toBe('frames')
    expect(why(asField(`${'91'.repeat(64)}00`))).toBe('a frame deeper than 64')
    expect(asFree(`${'91'.repeat(10_000)}00`).kind).toBe('frames')
    expect(why(asFree(`${'91'.repeat(10_001)}00`))).toBe('a value deeper than 10000')
    expect(why(asFree(`${'81a161'.repeat(300_000)}00`))).toBe('a value deeper than 10000')
    expect(why(read('91'.repeat(1_000_000)))).toBe('a value deeper than 10000')
  })

  it('[F46] too many frames, or values in them: a small message must not become a large heap', () => {
    const many = Buffer.alloc(1_000_005, 0x80)
    many.set(hex('dd000f4240'))
    expect(why(readMessage(many))).toBe('expected at most 1024 frames in a message')
    const values = Buffer.alloc(100_008, 0x80)
    values.set(hex('81a178dd000186a0'))
    expect(why(readMessage(values))).toBe('expected at most 65536 values in a message')
    expect(readMessage(values, clientReadLimits).kind).toBe('frames')
  })

  it('[F47] the id of the frame that is the whole message is told where it was read', () => {
    expect(read('82a2696407a178c1')).toMatchObject({ kind: 'malformed', id: 7 })
    expect(read('82a26964a0a178c1')).toEqual({ kind: 'malformed', why: expect.any(String) })
  })

  it('[F55] a fault in a list of frames is the whole list’s, and no id is told', () => {
    for (const list of ['9282a2696407a17800c1', '9281a1780082a2696409a178c1', '9182a2696407a178c1', '9281a26964079280'])
      expect(read(list)).toEqual({ kind: 'malformed', why: expect.any(String) })
  })

  it('[F56] what is no frame in a list is named with its place, and the frames beside it are read', () => {
    expect(read('93', '81a2696401', '07', '81a2696402')).toEqual({
      kind: 'frames',
      frames: [{ id: 1 }, { id: 2 }],
      strays: ['[1]: expected a frame (map), got integer'],
    })
    expect(read('94', 'c0', '92a16101', 'cf0020000000000000', 'c4020102')).toEqual({
      kind: 'frames',
      frames: [],
      strays: ['nil', 'list', 'bigint', 'binary'].map((kind, i) => `[${i}]: expected a frame (map), got ${kind}`),
    })
  })
})

describe('what is read', () => {
  it('[F48] floats of integral value are integers', () => {
    for (const five of [
      '05',
      'cc05',
      'cd0005',
      'ce00000005',
      'cf0000000000000005',
      'd005',
      'd30000000000000005',
      'ca40a00000',
      'cb4014000000000000',
    ])
      expect(asField(five)).toEqual({ kind: 'frames', frames: [{ x: 5 }] })
    expect(asField('cb8000000000000000')).toEqual({ kind: 'frames', frames: [{ x: 0 }] })
  })

  it('[F49] approval.edited is a flag, edited elsewhere a value', () => {
    const message = readMessage(encodeFrame({ task: { approval: { edited: true }, payload: 1 }, edited: true }))
    if (message.kind !== 'frames') throw new Error(message.why)
    expect(message.frames[0]).toEqual({
      task: { approval: { edited: true }, payload: Raw.of(1) },
      edited: Raw.of(true),
    })
  })

  it('[F50] a small free value does not keep the chunk that it came in; one that is kept for long has its own bytes', () => {
    const chunk = new Uint8Array(65_536)
    const frame = encodeFrame({ type: 'result', output: 'x'.repeat(100), meta: 'y'.repeat(100) })
    chunk.set(frame, 1_000)
    const message = readMessage(chunk.subarray(1_000, 1_000 + frame.length))
    const { output, meta } = (message.kind === 'frames' && message.frames[0]) || {}
    if (!(output instanceof Raw && meta instanceof Raw)) throw new Error('no values')
    chunk.fill(0)
    expect([output.value(), meta.value()]).toEqual(['x'.repeat(100), 'y'.repeat(100)])
    expect(output.bytes.buffer.byteLength).toBeLessThan(chunk.length)
    expect(meta.bytes.buffer.byteLength).toBe(meta.bytes.length)
  })

  it('[F51] any free value is read as another implementation reads it', () => {
    fc.assert(
      fc.property(freeValue, freeValue, (payload, output) => {
        const bytes = encodeMessage([
          encodeFrame({ type: 'x', payload }),
          encodeFrame({ type: 'y', tasks: [{ output }] }),
        ])
        const message = readMessage(bytes)
        if (message.kind !== 'frames') throw new Error(message.why)
        const values = message.frames.map((frame) => decoded(frame))
        expect(values).toEqual(unpackByOther(bytes))
      }),
    )
  })
})

/** A frame with its free values decoded. */
const decoded = (value: unknown): unknown => {
  if (value instanceof Raw) return plain(value.value())
  if (Array.isArray(value)) return value.map(decoded)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return plain(value)
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, decoded(field)]))
}

const isMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** Whatever comes: an answer, never a throw; and what is read could be read by others, and passes on. */
const survives = (bytes: Uint8Array): void => {
  const message = readMessage(bytes)
  if (message.kind === 'malformed') return
  const others = unpackByOther(bytes)
  const items = Array.isArray(others) ? others : [others]
  expect(decoded(message.frames)).toEqual(items.filter(isMap))
  expect(message.frames.length + (message.strays?.length ?? 0)).toBe(items.length)
  for (const frame of message.frames)
    for (const role of ['agent', 'producer', 'operator'] as const) checkFrame(role, frame)
}

describe('fuzz', () => {
  it('[F52] random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), survives), { numRuns: 5_000 })
  })

  it('[F53] real frames with bytes changed, dropped, doubled and cut', () => {
    const frames = goldenFrames.map(({ frame }) => encodeFrame(frame))
    const change = fc.record({ at: fc.nat(), kind: fc.constantFrom('set', 'drop', 'insert', 'cut'), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.constantFrom(...frames), fc.array(change, { minLength: 1, maxLength: 4 }), (frame, changes) => {
        let bytes = Array.from(frame)
        for (const { at, kind, byte } of changes) {
          const place = at % (bytes.length + 1)
          if (kind === 'cut') bytes = bytes.slice(0, place)
          else bytes.splice(place, kind === 'insert' ? 0 : 1, ...(kind === 'drop' ? [] : [byte]))
        }
        survives(Uint8Array.from(bytes))
      }),
      { numRuns: 20_000 },
    )
  })

  it('[F54] a message full of openings costs no more than its size', () => {
    for (const pattern of [
      '80',
      '90',
      '91',
      '81a0',
      '81a161',
      'c0',
      'a0',
      'cb7ff8000000000000',
      '81a16191',
      'dc0001',
      'df00000001a161',
    ]) {
      const body = Buffer.alloc(limits.messageBytes, hex(pattern))
      for (const head of ['', '81a77061796c6f6164', '81a178', 'dd00000400']) {
        const before = process.memoryUsage().heapUsed
        readMessage(Buffer.concat([hex(head), body]))
        expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1_048_576)
      }
    }
  })
})
