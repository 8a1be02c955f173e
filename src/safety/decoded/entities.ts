/**
 * HTML's character references (HTML Living Standard, 13.5): all numeric ones; of the named ones those that are letters,
 * spaces, signs between words, or invisible. The names of letters follow a few rules, so no table of two thousand.
 */

/** A letter with an accent, or in another lettering: `&aacute;`, `&afr;`. What it reads as is the letter. */
const letterNames =
  /^([A-Za-z])(?:acute|grave|circ|uml|tilde|ring|cedil|caron|slash|strok|macr|breve|dot|ogon|dblac|scr|fr|opf)$/

const named: ReadonlyMap<string, string> = new Map([
  ...['nbsp', 'ensp', 'emsp', 'thinsp', 'hairsp', 'numsp', 'puncsp', 'MediumSpace', 'NonBreakingSpace'].map(
    (name) => [name, ' '] as const,
  ),
  ...[
    'shy',
    'zwj',
    'zwnj',
    'lrm',
    'rlm',
    'ZeroWidthSpace',
    'NoBreak',
    'InvisibleTimes',
    'InvisibleComma',
    'ic',
    'it',
    'af',
  ].map((name) => [name, ''] as const),
  ['Tab', '\t'],
  ['NewLine', '\n'],
  ['amp', '&'],
  ['AMP', '&'],
  ['lt', '<'],
  ['LT', '<'],
  ['gt', '>'],
  ['GT', '>'],
  ['quot', '"'],
  ['QUOT', '"'],
  ['apos', "'"],
  ['lowbar', '_'],
  ['UnderBar', '_'],
  ['hyphen', '-'],
  ['dash', '-'],
  ['ndash', '-'],
  ['mdash', '-'],
  ['period', '.'],
  ['comma', ','],
  ['colon', ':'],
  ['semi', ';'],
  ['excl', '!'],
  ['quest', '?'],
  ['num', '#'],
  ['dollar', '$'],
  ['percnt', '%'],
  ['ast', '*'],
  ['midast', '*'],
  ['plus', '+'],
  ['equals', '='],
  ['sol', '/'],
  ['bsol', '\\'],
  ['verbar', '|'],
  ['vert', '|'],
  ['commat', '@'],
  ['lpar', '('],
  ['rpar', ')'],
  ['lbrack', '['],
  ['lsqb', '['],
  ['rbrack', ']'],
  ['rsqb', ']'],
  ['lcub', '{'],
  ['lbrace', '{'],
  ['rcub', '}'],
  ['rbrace', '}'],
  ['Hat', '^'],
  ['grave', '`'],
  ['middot', ' '],
  ['bull', ' '],
  ['hellip', '…'],
  ['inodot', 'i'],
  ['imath', 'i'],
  ['szlig', 'ß'],
  ['aelig', 'æ'],
  ['AElig', 'Æ'],
  ['oelig', 'œ'],
  ['OElig', 'Œ'],
  ['fflig', 'ff'],
  ['filig', 'fi'],
  ['fllig', 'fl'],
  ['alpha', 'α'],
  ['Alpha', 'Α'],
  ['omicron', 'ο'],
  ['Omicron', 'Ο'],
  ['Epsilon', 'Ε'],
  ['iota', 'ι'],
  ['Iota', 'Ι'],
  ['Kappa', 'Κ'],
  ['Mu', 'Μ'],
  ['Nu', 'Ν'],
  ['nu', 'ν'],
  ['rho', 'ρ'],
  ['Rho', 'Ρ'],
  ['Tau', 'Τ'],
  ['Upsilon', 'Υ'],
  ['Chi', 'Χ'],
  ['chi', 'χ'],
  ['Zeta', 'Ζ'],
  ['Eta', 'Η'],
  ['Beta', 'Β'],
])

const lastPoint = 0x10ffff

/** What `&…;` stands for; undefined where it stands for itself. */
export function entityOf(reference: string): string | undefined {
  const name = reference.slice(1).replace(/;$/, '')
  if (!name.startsWith('#')) return named.get(name) ?? letterNames.exec(name)?.[1]
  const isHex = name.charAt(1) === 'x' || name.charAt(1) === 'X'
  const code = isHex ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  return code <= lastPoint ? String.fromCodePoint(code) : undefined
}
