/**
 * Makes src/safety/views/lookalikeTable.ts: which points of other scripts look like Latin letters and digits.
 *
 *     node scripts/makeLookalikes.mjs /usr/share/unicode/UnicodeData.txt > src/safety/views/lookalikeTable.ts
 *
 * From the confusables of UTS #39 (as the package `unhomoglyph` ships them, MIT) and the names in UnicodeData.txt (as
 * Debian's package `unicode-data` ships it): a name says which letter has a stroke, a hook, or is a small capital.
 */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [namesPath] = process.argv.slice(2)
if (namesPath === undefined) throw new Error('usage: makeLookalikes.mjs UnicodeData.txt')

const confusables = createRequire(import.meta.url)('unhomoglyph/data.json')
const names = new Map(
  readFileSync(namesPath, 'utf8')
    .split('\n')
    .map((line) => line.split(';'))
    .flatMap(([point, name]) => (name === undefined ? [] : [[String.fromCodePoint(Number.parseInt(point, 16)), name]])),
)

const isSurrogate = (point) => /\p{Cs}/u.test(point)
const withoutMarks = (text) => text.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '')

/** LATIN SMALL LETTER D WITH STROKE is a d, LATIN LETTER SMALL CAPITAL D too. */
function namedLetter(name) {
  const letter = /^LATIN (CAPITAL|SMALL) LETTER ([A-Z])(?: WITH .*)?$/.exec(name)
  if (letter !== null) return letter[1] === 'CAPITAL' ? letter[2] : letter[2].toLowerCase()
  const small = /^LATIN (?:LETTER SMALL CAPITAL|SMALL CAPITAL LETTER) ([A-Z])(?: WITH .*)?$/.exec(name)
  if (small !== null) return small[1].toLowerCase()
  return name === 'LATIN SMALL LETTER KRA' ? 'k' : undefined
}

/** What the confusables say, with two things put right: there, a capital I is an l, and an m is an rn. */
function confusedLetters(point, name) {
  const seen = withoutMarks(confusables[point] ?? '')
  if (names.has(seen) && seen > '\x7f') return namedLetter(names.get(seen))
  if (!/^[A-Za-z0-9]{1,3}$/.test(seen)) return undefined
  if (seen === 'l' && /\bCAPITAL\b/.test(name)) return 'I'
  return seen.replace('rn', 'm')
}

const sources = new Map()
for (const [point, name] of names) {
  if (point <= '\x7f' || isSurrogate(point) || !/[\p{L}\p{Nl}\p{No}\p{So}]/u.test(point)) continue
  // Compatibility forms and accents are folded without a table.
  if (/^[\x20-\x7e]+$/.test(withoutMarks(point))) continue
  const latin = namedLetter(name) ?? confusedLetters(point, name)
  if (latin !== undefined) sources.set(latin, [...(sources.get(latin) ?? []), point])
}

const rows = [...sources]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([latin, points]) => {
    const escaped = points.map((point) => `\\u{${point.codePointAt(0).toString(16)}}`).join('')
    return `  ['${latin}', '${escaped}'],`
  })

console.log(`/**
 * Points that look like Latin letters and digits, by what they look like. Made by scripts/makeLookalikes.mjs; not to be
 * edited by hand. Data: Unicode's confusables (UTS #39, version 13) and names (UnicodeData, version 15), © Unicode, Inc.,
 * used under the Unicode terms of use (https://www.unicode.org/copyright.html).
 */

// biome-ignore format: data
export const lookalikeRows: readonly (readonly [looksLike: string, points: string])[] = [
${rows.join('\n')}
]`)
