/** Tokens that open nothing, made up for each shape from what its vendor documents. */
import fc from 'fast-check'
import { charSet } from '../../../src/safety/filters/secrets/charSet.js'
import type { Part, Run, TokenShape } from '../../../src/safety/filters/secrets/tokenShape.js'

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i))

const runText = ({ chars, least, most }: Run): fc.Arbitrary<string> => {
  const set = charSet(chars)
  const members = ascii.filter((char) => set.has(char.charCodeAt(0)))
  const lengths = { minLength: least, maxLength: Math.max(least, Math.min(most, least + 20)) }
  return fc.array(fc.constantFrom(...members), lengths).map((all) => all.join(''))
}

const partText = (part: Part): fc.Arbitrary<string> => (typeof part === 'string' ? fc.constant(part) : runText(part))

/** Made of fewer different characters, it would stand for a token. */
export function tokenOf(shape: TokenShape): fc.Arbitrary<string> {
  const before = shape.before === undefined ? fc.constant('') : runText(shape.before)
  const after = shape.after.map(partText)
  return fc
    .tuple(before, fc.constantFrom(...shape.anchors), ...after)
    .filter(([first, , ...rest]) => new Set(first + rest.join('')).size >= 6)
    .map((parts) => parts.join(''))
}
