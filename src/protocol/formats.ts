/**
 * What names, tokens and counts on the wire may be, each with the words in which errors say what was expected.
 *
 * Sizes are bytes of UTF-8, as they travel, not characters.
 */

export type Format = {
  /** Follows "expected" in an error's message. */
  readonly expected: string
  readonly accepts: (text: string) => boolean
}

const day = 86_400_000

export const limits = {
  /** A message towards the node. */
  messageBytes: 1_048_576,
  /** A message towards a client. */
  clientMessageBytes: 8_388_608,
  payloadBytes: 524_288,
  /** `output`, `action` and `edited`. */
  outputBytes: 524_288,
  /** `meta` and `metrics`. */
  metaBytes: 16_384,
  framesPerMessage: 1_024,
  /** Values in the frames of one message, free values not counted: what a reader builds is bounded by it. */
  valuesPerMessage: 65_536,
  envelopeDepth: 64,
  freeDepth: 10_000,
  tasksPerSubmit: 256,
  /** Cards that are decided on in one go. */
  decisions: 100,
  queues: 64,
  steps: 64,
  capacity: 1_024,
  /** Leases in `holding`: what an agent works on, and results that were not acknowledged yet. */
  holding: 4_096,
  maxAttempts: 100,
  delayMs: 30 * day,
  ttlMs: 365 * day,
  timeoutMs: 7 * day,
  noteBytes: 4_096,
  reasonBytes: 4_096,
  errorMessageBytes: 16_384,
  traceBytes: 512,
  tokenBytes: 16_384,
  cursorBytes: 1_024,
  /** A policy, as JSON. */
  policyBytes: 262_144,
  /** Subscribers of one webhook. */
  webhookOutcomes: 16,
  urlBytes: 2_048,
  numbersDays: 90,
  pageSize: 1_000,
  uint32: 0xffff_ffff,
} as const

/** Bytes of the text in UTF-8; a lone surrogate counts as three. */
export const utf8Length = (text: string): number => {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    // A surrogate pair is two units and four bytes; each half counts one more than itself.
    bytes += unit < 0x800 ? 1 : unit >= 0xd800 && unit < 0xe000 && isPair(text, i) ? 1 : 2
  }
  return bytes
}

const isPair = (text: string, i: number): boolean => {
  const unit = text.charCodeAt(i)
  const isHigh = unit < 0xdc00
  const other = text.charCodeAt(isHigh ? i + 1 : i - 1)
  return isHigh ? other >= 0xdc00 && other < 0xe000 : other >= 0xd800 && other < 0xdc00
}

const matching = (pattern: RegExp, expected: string): Format => ({ expected, accepts: (text) => pattern.test(text) })

/** A text of `min` to `max` bytes. */
export const bytesBetween = (min: number, max: number): Format => ({
  expected: min === 0 ? `a text of at most ${max} bytes` : `a text of ${min} to ${max} bytes`,
  // No text has fewer bytes than units, nor more than three for each.
  accepts: (text) => {
    if (text.length > max) return false
    if (text.length >= min && text.length * 3 <= max) return true
    const bytes = utf8Length(text)
    return bytes >= min && bytes <= max
  },
})

export const formats = {
  /** Of tasks, results and cards. */
  id: matching(/^[A-Za-z0-9_-]{1,64}$/, 'an id: 1 to 64 of A-Z a-z 0-9 _ -'),
  /** Of queues, subscribers and instances. */
  name: matching(/^[A-Za-z0-9._-]{1,64}$/, 'a name: 1 to 64 of A-Z a-z 0-9 . _ -'),
  /** An entry of the audit log: shard and number. */
  auditEntry: matching(/^\d{1,9}\/[1-9]\d{0,14}$/, "an entry's shard and number, such as 3/17"),
  lease: bytesBetween(1, 512),
  url: bytesBetween(1, limits.urlBytes),
  session: bytesBetween(1, 512),
  key: bytesBetween(1, 256),
  tenant: matching(/^t_[a-z0-9_-]{1,63}$/, 't_ and 1 to 63 of a-z 0-9 _ -'),
  sub: {
    expected: 'a name of 1 to 128 bytes without / and control characters',
    // Control characters are what it is about.
    accepts: (text) => text.length > 0 && utf8Length(text) <= 128 && !/[/\p{Cc}]/u.test(text),
  },
  /** An agent's id: the `sub` of its token, and maybe its instance. */
  agent: {
    expected: "an agent's id: a sub (1 to 128 bytes without control characters), or sub/instance",
    accepts: (text) => {
      const [sub = '', instance, more] = text.split('/')
      if (more !== undefined || (instance !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(instance))) return false
      return sub.length > 0 && utf8Length(sub) <= 128 && !/\p{Cc}/u.test(sub)
    },
  },
} as const satisfies Record<string, Format>
