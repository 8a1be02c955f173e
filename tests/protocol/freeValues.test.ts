import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unpackDeep } from '../../src/protocol/deepValue.js'
import { encodeFrame, encodeMessage } from '../../src/protocol/encoding.js'
import { fromJson, jsonDepth, toJson } from '../../src/protocol/json.js'
import { Unsayable } from '../../src/protocol/packing.js'
import { Raw } from '../../src/protocol/raw.js'
import { readMessage } from '../../src/protocol/reading.js'
import { goldenFrames } from './goldenFrames.js'
import { freeValue, packByOther, plain, unpackByOther } from './values.js'

/** `levels` lists in one another, or maps. */
const nested = (levels: number, by: 'list' | 'map'): unknown => {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = by === 'list' ? [value] : { a: value }
  return value
}

const levelsOf = (value: unknown): number => {
  let levels = 0
  for (let at = value; typeof at === 'object' && at !== null; at = Object.values(at)[0]) levels++
  return levels
}

const unsayable = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof Unsayable) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

describe('MessagePack', () => {
  it('[F20] a value comes back from Raw as it went in', () => {
    fc.assert(
      fc.property(freeValue, (value) => {
        expect(plain(Raw.of(value).value())).toEqual(value)
      }),
    )
  })

  it('[F21] another implementation reads what we write, and we read what it writes', () => {
    fc.assert(
      fc.property(freeValue, (value) => {
        expect(unpackByOther(Raw.of(value).bytes)).toEqual(value)
        expect(plain(unpackDeep(packByOther(value)))).toEqual(value)
      }),
    )
  })

  it('[F22] another implementation reads the golden frames', () => {
    for (const { frame } of goldenFrames) {
      const whole = JSON.parse(JSON.stringify(frame, (_, value) => (value instanceof Raw ? value.value() : value)))
      expect(unpackByOther(encodeFrame(frame))).toEqual(whole)
    }
  })

  it('[F23] integers are integers whatever their size, in the shortest form', () => {
    const forms: readonly [value: number | bigint, hex: string][] = [
      [-0, '00'],
      [127, '7f'],
      [128, 'cc80'],
      [65_535, 'cdffff'],
      [4_294_967_295, 'ceffffffff'],
      [4_294_967_296, 'cf0000000100000000'],
      [1_763_000_000_000, 'cf0000019a7afd1e00'],
      [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
      [-32, 'e0'],
      [-33, 'd0df'],
      [-32_768, 'd18000'],
      [-2_147_483_648, 'd280000000'],
      [-2_147_483_649, 'd3ffffffff7fffffff'],
      [5n, '05'],
      [2n ** 63n, 'cf8000000000000000'],
      [-(2n ** 63n), 'd38000000000000000'],
      [0.5, 'cb3fe0000000000000'],
    ]
    for (const [value, hex] of forms) expect(Buffer.from(Raw.of(value).bytes).toString('hex')).toBe(hex)
  })

  it('[F24] undefined fields are left out, and dates and the like say themselves', () => {
    expect(Raw.of({ a: undefined, b: [undefined], c: new Date(0) }).value()).toEqual({
      b: [null],
      c: '1970-01-01T00:00:00.000Z',
    })
    expect(Raw.of(Object.assign(Object.create(null), { a: 1 })).value()).toEqual({ a: 1 })
  })

  it('[F25] a value that encodes another while it is encoded is not disturbed', () => {
    const inner = { toJSON: () => Raw.of(['x'.repeat(500)]).value() }
    expect(Raw.of({ a: 'y'.repeat(300), b: inner, c: 1 }).value()).toEqual({
      a: 'y'.repeat(300),
      b: ['x'.repeat(500)],
      c: 1,
    })
  })

  it('[F26] what can not be said is refused by place', () => {
    expect(unsayable(() => Raw.of({ a: { b: [1, Number.NaN] } }))).toBe('a.b[1]: expected a finite number, got NaN')
    expect(unsayable(() => Raw.of([() => 1]))).toBe('[0]: expected a value that MessagePack can say, got a function')
    expect(unsayable(() => Raw.of({ m: new Map() }))).toBe('m: expected a plain object, list or Uint8Array, got a Map')
    expect(unsayable(() => Raw.of({ t: '\ud800' }))).toBe('t: expected well-formed text, got a lone surrogate')
    expect(unsayable(() => Raw.of({ '\udfff': 1 }))).toContain('expected well-formed text, got a lone surrogate')
    expect(unsayable(() => Raw.of(2n ** 64n))).toBe('expected an integer of at most 64 bits')
    expect(unsayable(() => Raw.of(JSON.parse('{"a":{"__proto__":1}}')))).toBe(
      'a.__proto__: expected another key than __proto__',
    )
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(unsayable(() => Raw.of(cycle))).toContain('expected at most 10000 levels')
    const heavy: unknown[] = ['x'.repeat(1_000_000)]
    heavy.push(heavy)
    expect(unsayable(() => Raw.of(heavy))).toContain('bytes in all')
  })

  it('[F35] a place deep in a value is named by its innermost steps', () => {
    let deep: unknown = Number.NaN
    for (let level = 0; level < 100; level++) deep = level % 2 === 0 ? [deep] : { ['k'.repeat(500)]: deep }
    const why = unsayable(() => Raw.of(deep))
    expect(why).toMatch(/^….*\[0\]: expected a finite number, got NaN$/)
    expect(why.length).toBeLessThan(400)
  })

  it('[F27] in frames of our own a text cut in the middle of a pair does no harm', () => {
    expect(unpackByOther(encodeFrame({ type: 'x', note: '😀'.slice(0, 1) }))).toEqual({ type: 'x', note: '\ufffd' })
  })

  it('[F28] values as deep as the protocol allows come in, go out and are decoded', () => {
    for (const by of ['list', 'map'] as const) {
      const raw = Raw.of(nested(10_000, by))
      expect(levelsOf(raw.value())).toBe(10_000)
      const message = readMessage(encodeFrame({ type: 'result', output: raw }))
      if (message.kind !== 'frames') throw new Error(message.why)
      const output = message.frames[0]?.output
      expect(output instanceof Raw && Buffer.compare(output.bytes, raw.bytes)).toBe(0)
      expect(unsayable(() => Raw.of(nested(10_001, by)))).toContain('expected at most 10000 levels')
    }
  })
})

describe('messages', () => {
  const [first, second] = [encodeFrame({ type: 'a', id: 1 }), encodeFrame({ type: 'b', payload: Raw.of([1]) })]

  it('[F29] one frame is its own message, more are a list', () => {
    expect(encodeMessage([first])).toBe(first)
    const message = readMessage(encodeMessage([first, second]))
    expect(message).toEqual({
      kind: 'frames',
      frames: [
        { type: 'a', id: 1 },
        { type: 'b', payload: new Raw(Uint8Array.of(0x91, 1)) },
      ],
    })
  })

  it('[F30] Raw is spliced in at any depth', () => {
    const frame = {
      type: 'ack',
      re: 1,
      tasks: [{ id: 't', payload: Raw.of({ a: [1] }) }],
      more: { output: Raw.of(null) },
    }
    expect(unpackByOther(encodeFrame(frame))).toEqual({
      type: 'ack',
      re: 1,
      tasks: [{ id: 't', payload: { a: [1] } }],
      more: { output: null },
    })
  })
})

describe('JSON', () => {
  it('[F31] a value comes back from JSON text as it went in', () => {
    fc.assert(
      fc.property(freeValue, (value) => {
        expect(fromJson(JSON.parse(JSON.stringify(toJson(value))))).toEqual(value)
      }),
    )
  })

  it('[F32] binary, large integers and dollar keys have their forms', () => {
    expect(toJson({ a: Uint8Array.of(1, 255), b: 2n ** 60n, $c: { $$d: 1 }, e: 5n })).toEqual({
      a: { $bin: 'Af8=' },
      b: { $int: '1152921504606846976' },
      $$c: { $$$d: 1 },
      e: { $int: '5' },
    })
    expect(fromJson({ $int: '5' })).toBe(5)
  })

  const wrong: readonly [json: string, message: string][] = [
    ['{"a":[{"$bin":"?"}]}', 'a[0].$bin: expected base64'],
    ['{"$bin":7}', '$bin: expected a text, got number'],
    ['{"a":{"$int":"1.5"}}', 'a.$int: expected an integer'],
    ['{"$int":"18446744073709551616"}', '$int: expected an integer of at most 64 bits'],
    ['{"a":{"$int":"1","b":2}}', 'a: expected $bin or $int alone in its map'],
    ['{"a":{"$x":1}}', 'a.$x: expected $bin, $int, or a key with another $ before it'],
    ['{"a":1e999}', 'a: expected a finite number, got Infinity'],
    ['["\\ud800"]', '[0]: expected well-formed text, got a lone surrogate'],
    ['{"a":{"\\ud800":1}}', 'a: expected well-formed keys, got a lone surrogate'],
    ['{"a":{"__proto__":1}}', 'a.__proto__: expected another key than __proto__'],
  ]
  for (const [json, message] of wrong)
    it(`[F33] ${message}`, () => expect(unsayable(() => fromJson(JSON.parse(json)))).toBe(message))

  it('[F34] what is too deep for JSON is refused both ways', () => {
    const deep = nested(jsonDepth, 'list')
    expect(fromJson(toJson(deep))).toEqual(deep)
    expect(unsayable(() => toJson(nested(jsonDepth + 1, 'map')))).toContain(`expected at most ${jsonDepth} levels`)
    expect(unsayable(() => fromJson(nested(jsonDepth + 1, 'list')))).toContain(`expected at most ${jsonDepth} levels`)
  })
})
