/** Bytes that a client of good will would never send, from a seed. */
import { Packr } from 'msgpackr'
import type { Role } from '../../src/protocol/frames.js'
import type { Random } from '../../src/random.js'
import { goodFrames } from './goodFrames.js'

const packr = new Packr({ useRecords: false, variableMapSize: true, encodeUndefinedAsNil: true })

const nested = (depth: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

/** Values that break careless readers, in frames that can be read. */
const oddValues = [
  () => Number.NaN,
  () => Number.NEGATIVE_INFINITY,
  () => -0,
  () => 2 ** 53,
  () => 'a\u0000b\u202e',
  () => '',
  () => 'x'.repeat(70_000),
  () => null,
  () => [],
  () => ({}),
  () => ({ constructor: { prototype: 1 }, toString: 'x', length: -1 }),
  () => Buffer.alloc(1_000, 0xff),
  () => nested(60),
  () => true,
  () => Array.from({ length: 5_000 }, () => 0),
  () => 't1',
  () => 1,
] as const

/** What makes a frame malformed: surrogates that have lost their other half, integers and depths beyond bounds. */
const badValues = [
  () => '\ud800',
  () => 'a\udfff',
  () => 2n ** 64n - 1n,
  () => -(2n ** 63n),
  () => new Map<unknown, unknown>([[1, 2]]),
  () => nested(500),
] as const

const turned = (
  random: Random,
  role: Role,
  id: number,
  values: readonly (() => unknown)[],
): Readonly<Record<string, unknown>> => {
  const types = Object.keys(goodFrames[role])
  const type = types[random.int(types.length)] ?? 'heartbeat'
  const frame: Record<string, unknown> = { type, id, ...goodFrames[role][type] }
  for (const field of Object.keys(frame)) {
    if (field === 'type' || field === 'id' || random.int(3) > 0) continue
    frame[field] = values[random.int(values.length)]?.()
  }
  return frame
}

/** A frame of the role, some of its fields turned into something odd. It can be read, so it has an answer. */
export const oddFrame = (random: Random, role: Role, id: number) => turned(random, role, id, oddValues)

const header = (bytes: readonly number[], rest: Uint8Array = new Uint8Array()): Uint8Array =>
  Buffer.concat([Buffer.from(bytes), rest])

/** A frame's beginning, `{type: "heartbeat", id: 7, metrics:`, up to the value. */
const beforeValue = (() => {
  const frame = packr.pack({ type: 'heartbeat', id: 7, metrics: null })
  return frame.subarray(0, frame.length - 1)
})()

/** Whole messages that no frame is in. */
const bombs: readonly ((random: Random) => Uint8Array)[] = [
  (random) => random.bytes(1 + random.int(2_000)),
  // Lengths that promise what never comes: arrays, maps, texts and binaries of 4 GiB.
  ...[0xdd, 0xdf, 0xdb, 0xc6].map((head) => () => header([head, 0xff, 0xff, 0xff, 0xff])),
  ...[0xdd, 0xdf, 0xdb, 0xc6].map((head) => () => header([...beforeValue, head, 0x7f, 0xff, 0xff, 0xff, 0x01])),
  // Arrays and maps within each other, deeper than any stack.
  () => Buffer.alloc(900_000, 0x91),
  () => header([...beforeValue], Buffer.alloc(900_000, 0x91)),
  () => header([...beforeValue], Buffer.alloc(600_000, Buffer.of(0x81, 0xa1, 0x61))),
  // Extension types: a timestamp, one of nobody's, msgpackr's records and references.
  () => header([...beforeValue, 0xd6, 0xff, 0, 0, 0, 1]),
  () => header([...beforeValue, 0xc7, 3, 0x77, 1, 2, 3]),
  () => header([...beforeValue, 0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1]),
  () => header([0xd4, 0x70, 1]),
  // A key that comes twice; a key that is no text; `__proto__`.
  () => header([0x82, 0xa2, 0x69, 0x64, 1, 0xa2, 0x69, 0x64, 2]),
  () => header([0x81, 1, 2]),
  () =>
    packr.pack(
      new Map<string, unknown>([
        ['type', 'heartbeat'],
        ['id', 7],
        ['__proto__', { role: 'admin' }],
      ]),
    ),
  // A byte that means nothing, a text that is no UTF-8, frames that are none, and very many of them.
  () => header([0xc1]),
  () => header([...beforeValue, 0xa2, 0xff, 0xfe]),
  () => packr.pack([1, 'two', [3]]),
  () => header([0xdc, 0xff, 0xff], Buffer.alloc(65_535, 0x80)),
  () => new Uint8Array(),
]

/** A good message in which bytes were changed, left out or put in. */
const mutated = (random: Random, role: Role): Uint8Array => {
  const bytes = Buffer.from(packr.pack(turned(random, role, random.int(1_000), [...oddValues, ...badValues])))
  for (let n = 0; n <= random.int(4); n++) {
    const at = random.int(bytes.length)
    const kind = random.int(3)
    if (kind === 0) bytes.writeUInt8(random.int(256), at)
    else if (kind === 1) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.int(8))])
    else return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.int(8)), bytes.subarray(at)])
  }
  return bytes
}

export const nastyMessage = (random: Random, role: Role): Uint8Array =>
  random.int(2) === 0 ? mutated(random, role) : (bombs[random.int(bombs.length)] ?? (() => new Uint8Array()))(random)
