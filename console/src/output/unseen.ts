/**
 * Characters that a reader doesn't see, or that turn the text around them: controls, formats, fillers, odd spaces. They
 * are shown by their code point, so that what is approved is what was read.
 *
 * Which ones: general categories Cc, Cf, Co, Cs, Zl, Zp and Zs but the space (Unicode Standard, section 4.5), and those
 * with Default_Ignorable_Code_Point (UAX #44). Line feed and tab are what they look like.
 */

const unseen = /(?![\n\t ])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}⠀]/u

export const isUnseen = (character: string): boolean => unseen.test(character)

export const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** As it is shown: `⟨U+202E⟩`. */
export const shownUnseen = (character: string): string => `⟨${codePoint(character)}⟩`

/** For one line of text alone, as of a notice. */
export const inSight = (text: string): string =>
  text.replace(/./gsu, (character) => (isUnseen(character) ? shownUnseen(character) : character))

const names: Readonly<Record<string, string>> = {
  'U+0000': 'null',
  'U+000D': 'carriage return',
  'U+001B': 'escape',
  'U+00A0': 'no-break space',
  'U+00AD': 'soft hyphen',
  'U+200B': 'zero width space',
  'U+200C': 'zero width non-joiner',
  'U+200D': 'zero width joiner',
  'U+200E': 'left-to-right mark',
  'U+200F': 'right-to-left mark',
  'U+202A': 'left-to-right embedding',
  'U+202B': 'right-to-left embedding',
  'U+202C': 'end of direction change',
  'U+202D': 'left-to-right override',
  'U+202E': 'right-to-left override',
  'U+2060': 'word joiner',
  'U+2066': 'left-to-right isolate',
  'U+2067': 'right-to-left isolate',
  'U+2068': 'first strong isolate',
  'U+2069': 'end of isolate',
  'U+FEFF': 'byte order mark',
}

export const nameOfUnseen = (character: string): string => names[codePoint(character)] ?? 'invisible character'
