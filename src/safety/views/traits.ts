/**
 * What a text has that a view or a decoder could make something of: found in one pass, so that the everyday text, which
 * has none of it, costs no more than that.
 */

/** The kinds of ASCII characters, as bits. */
export const unitKinds = new Uint16Array(128)
export const lower = 1
export const upper = 2
export const digit = 4
/** Stands for a letter in the middle of a word. */
export const letterSign = 8
/** Begins an escape: % & \ = */
const escapeSign = 16
/** Belongs to base64 beside letters and digits. */
export const encodedSign = 32
/** Is a digit of hex. */
export const hexDigit = 64
/** Reads as itself in every view of points: printable ASCII, tabs and line breaks. */
const plain = 128
/** A digit, or a letter or sign that stands for one. */
export const digitLike = 256
export const letterOrDigit = lower | upper | digit
/** Begins a list or a map in JSON. */
const opening = 512

for (let unit = 0x20; unit <= 0x7e; unit += 1) unitKinds[unit] = plain
for (const unit of '\t\n\r') unitKinds[unit.charCodeAt(0)] = plain
for (let unit = 0x61; unit <= 0x7a; unit += 1) unitKinds[unit] = plain | lower | (unit <= 0x66 ? hexDigit : 0)
for (let unit = 0x41; unit <= 0x5a; unit += 1) unitKinds[unit] = plain | upper | (unit <= 0x46 ? hexDigit : 0)
for (let unit = 0x30; unit <= 0x39; unit += 1) unitKinds[unit] = plain | digit | hexDigit
for (const unit of '@$!+|') unitKinds[unit.charCodeAt(0)] = plain | letterSign
for (const unit of '%&\\=') unitKinds[unit.charCodeAt(0)] = plain | escapeSign
for (const unit of '-_/') unitKinds[unit.charCodeAt(0)] = plain | encodedSign
unitKinds['+'.charCodeAt(0)] = plain | letterSign | encodedSign
for (const unit of '{[') unitKinds[unit.charCodeAt(0)] = plain | opening
for (const unit of '0123456789OoQDlIi|SsB') unitKinds[unit.charCodeAt(0)] = kindOf(unit.charCodeAt(0)) | digitLike

export function kindOf(unit: number): number {
  return unit < 128 ? (unitKinds[unit] ?? 0) : 0
}

export type Traits = {
  /** All of it reads as itself in every view of points. */
  readonly plain: boolean
  /** Single letters or digits, three or more, as far from each other as gaps of `squeezed` may be. */
  readonly spelled: boolean
  /** A sign that stands for a letter, with letters or digits after it. */
  readonly signed: boolean
  /** A word of letters and digits, with enough letters for a word. */
  readonly mixed: boolean
  /** Digits, and letters that stand for some, and nothing else. */
  readonly digited: boolean
  /** One of the signs that escapes begin with. */
  readonly escaped: boolean
  /** A word that may be base64 or hex. */
  readonly encoded: boolean
  /** Three and more pairs of hex digits. */
  readonly paired: boolean
  /** One of the signs that JSON begins with. */
  readonly nested: boolean
}

const longestGap = 3
/** A gap, a sign that stands for a letter, a gap. */
const longestSignedGap = 2 * longestGap + 1
const shortestHex = 6
const shortestEncoded = 4

/** What of a text isn't looked for. */
export const noTraits: Traits = {
  plain: false,
  spelled: false,
  signed: false,
  mixed: false,
  digited: false,
  escaped: false,
  encoded: false,
  paired: false,
  nested: false,
}

export function traitsOf(text: string): Traits {
  let all = 0
  let every = plain
  let signed = false
  let mixed = false
  let digited = false
  let encoded = false
  let spelled = false
  let paired = false
  // Single letters and pairs, as far as they follow each other; and where the last of them ended.
  let lone = 0
  let loneEnd = -longestSignedGap
  let pairs = 0
  let pairEnd = 0
  let signAt = -longestSignedGap
  const { length } = text
  let at = 0
  while (at < length) {
    const first = kindOf(text.charCodeAt(at))
    if ((first & letterOrDigit) === 0) {
      all |= first
      every &= first
      if ((first & letterSign) !== 0) signAt = at
      at += 1
      continue
    }
    const start = at
    let others = 0
    let each = first
    let digits = (first & digit) >> 2
    for (at += 1; at < length; at += 1) {
      const kind = kindOf(text.charCodeAt(at))
      if ((kind & letterOrDigit) === 0) break
      others |= kind
      each &= kind
      digits += (kind & digit) >> 2
    }
    if (signAt === start - 1) signed = true
    const width = at - start
    const word = first | others
    const hasDigit = (word & digit) !== 0
    if (width === 1) {
      const gap = start - loneEnd
      const isSigned = signAt >= loneEnd && start - signAt <= longestGap + 1
      lone = (gap <= longestGap || (isSigned && gap <= longestSignedGap) ? lone + 1 : 1) + (isSigned ? 1 : 0)
      loneEnd = at
      if (lone >= 3) spelled = true
      continue
    }
    if (hasDigit && digits < width) {
      if ((width - digits) * 3 >= width) mixed = true
      if ((each & digitLike) !== 0) digited = true
      encoded = true
    }
    if (width >= shortestEncoded && (others & upper) !== 0) encoded = true
    if (width >= shortestHex && hasDigit) encoded = true
    if (width === 2 || (width === 4 && hasDigit)) {
      if (!isHexAt(text, at - 2) || !isHexAt(text, at - 1)) continue
      pairs = start - pairEnd <= longestGap ? pairs + 1 : 1
      pairEnd = at
      if (pairs >= 3) paired = true
    }
  }
  return {
    plain: every !== 0,
    spelled,
    signed,
    mixed,
    digited,
    escaped: (all & escapeSign) !== 0,
    encoded,
    paired,
    nested: (all & opening) !== 0,
  }
}

function isHexAt(text: string, at: number): boolean {
  return (kindOf(text.charCodeAt(at)) & hexDigit) !== 0
}
