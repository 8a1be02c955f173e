/** Which of a cluster's 16,384 slots a key belongs to, and which argument of a command is its key. */

export const slotCount = 16_384

/** CRC16, XMODEM: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#appendix-a */
const remainders = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
  return crc
})

/** Of a key with a `{tag}`, the tag alone counts. */
export function slotOf(key: string | Uint8Array): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key
  const open = bytes.indexOf(0x7b)
  const close = open < 0 ? -1 : bytes.indexOf(0x7d, open + 1)
  const hashed = close > open + 1 ? bytes.subarray(open + 1, close) : bytes
  let crc = 0
  for (const byte of hashed) crc = ((crc << 8) ^ (remainders[((crc >> 8) ^ byte) & 0xff] ?? 0)) & 0xffff
  return crc % slotCount
}

/** Commands whose first key isn't their first argument. */
const keyPlaces: Readonly<Record<string, number>> = {
  FCALL: 2,
  FCALL_RO: 2,
  EVAL: 2,
  EVALSHA: 2,
  XGROUP: 1,
  XINFO: 1,
  MEMORY: 1,
  OBJECT: 1,
}

/** Commands that any server answers. */
const keyless: ReadonlySet<string> = new Set([
  'PING',
  'TIME',
  'INFO',
  'CONFIG',
  'FUNCTION',
  'SCAN',
  'PUBLISH',
  'CLUSTER',
])

/** Undefined: any server will do. */
export function slotOfCall(command: string, args: readonly (string | Uint8Array | number)[]): number | undefined {
  const name = command.toUpperCase()
  if (keyless.has(name)) return undefined
  const key = args[keyPlaces[name] ?? 0]
  return key === undefined ? undefined : slotOf(typeof key === 'number' ? `${key}` : key)
}
