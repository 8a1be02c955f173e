/**
 * Where words begin and end in folded text: at whatever isn't a Latin letter, and at the humps of camelCase and
 * PascalCase, acronyms included (`userSSN`, `SSNOfUser`, `SSNs`).
 */

/** Is there an edge between the unit before `at` and the one at it? Both ends of the text are edges. */
export function isWordEdge(text: string, at: number): boolean {
  const before = caseAt(text, at - 1)
  const after = caseAt(text, at)
  if (before === undefined || after === undefined) return true
  if (before === 'lower') return after === 'upper'
  // Both PDF|File and SSN|of are ways to join an acronym; either counts.
  return after === 'upper' ? caseAt(text, at + 1) === 'lower' : caseAt(text, at - 2) === 'upper'
}

/** A word that ends at `at`, or after a plural's s. */
export function endsWord(text: string, at: number): boolean {
  return isWordEdge(text, at) || (isPlural(text, at) && isWordEdge(text, at + 1))
}

/** Stands apart from all letters: no hump of camelCase counts, a plural's s does. */
export function standsAlone(text: string, start: number, end: number): boolean {
  if (caseAt(text, start - 1) !== undefined) return false
  return caseAt(text, end) === undefined || (isPlural(text, end) && caseAt(text, end + 1) === undefined)
}

/** A single letter with no letter beside it. */
export function isLoneLetter(text: string, at: number): boolean {
  return caseAt(text, at) !== undefined && caseAt(text, at - 1) === undefined && caseAt(text, at + 1) === undefined
}

const encodedReach = 40
const encodedLeast = 40

/**
 * Is this piece within a run of base64 or the like? Such a run spells any three letters once in a few thousand. It is
 * told by its length and by changing between capitals, small letters and digits about every other character, which
 * no writing does; the look goes a fixed distance to either side.
 */
export function isWithinEncoded(text: string, start: number, end: number): boolean {
  let from = start
  while (from > 0 && start - from < encodedReach && encodedClass(text, from - 1) !== undefined) from -= 1
  let to = end
  while (to < text.length && to - end < encodedReach && encodedClass(text, to) !== undefined) to += 1
  if (to - from < encodedLeast) return false
  let changes = 0
  for (let at = from + 1; at < to; at += 1) {
    if (encodedClass(text, at) !== encodedClass(text, at - 1)) changes += 1
  }
  return changes * 3 > to - from
}

function isPlural(text: string, at: number): boolean {
  return text[at] === 's' || text[at] === 'S'
}

function caseAt(text: string, at: number): 'upper' | 'lower' | undefined {
  const unit = text.charCodeAt(at)
  if (unit >= 0x61 && unit <= 0x7a) return 'lower'
  return unit >= 0x41 && unit <= 0x5a ? 'upper' : undefined
}

function encodedClass(text: string, at: number): 'upper' | 'lower' | 'digit' | 'sign' | undefined {
  const letter = caseAt(text, at)
  if (letter !== undefined) return letter
  const unit = text.charCodeAt(at)
  if (unit >= 0x30 && unit <= 0x39) return 'digit'
  return unit === 0x2b || unit === 0x2f ? 'sign' : undefined
}
