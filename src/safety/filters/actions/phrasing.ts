/**
 * How the phrases of dangerous actions are put together. Whatever repeats is bounded, so that a phrase looks at a
 * fixed number of characters from where it starts and the whole filter takes time in proportion to the text.
 */

import type { Rule } from '../../rule.js'

/** A rule, and the phrases that it is told by. */
export type Action = Omit<Rule, 'reason'> & {
  /** How its phrases begin, at the start of a word, in lower case; a space at the end is any white space. */
  readonly starts: readonly string[]
  /** Expressions for whole phrases, from their start. */
  readonly phrases: readonly string[]
}

/** Between two words of a phrase: the joins of snake_case and kebab-case, quotes and marks of emphasis too. */
export const gap = '[\\s_"\'`*-]{1,8}'

/** The same, or nothing (`dropTable`), or what is left of a spelling (`wipe....everything`); no sentence ends there. */
export const join = '(?:[\\s_"\'`*,/-]{0,12}|\\.[./,]{0,8})'

/** The end of a word. */
export const end = '(?![a-z0-9])'

/** Between two arguments of a command. */
export const space = '\\s{1,8}'

/** One of these; words within one of them may be joined or apart. */
export function oneOf(...alternatives: readonly string[]): string {
  return `(?:${alternatives.map((one) => one.replaceAll(' ', join)).join('|')})`
}

/** These, with gaps between them. */
export function words(...parts: readonly string[]): string {
  return parts.join(gap)
}

/** At most this many words that don't matter, each with the gap after it; no sentence ends among them. */
export function upTo(most: number): string {
  return `(?:[a-z0-9$%@/:]{1,24}${gap}){0,${most}}`
}

/** At most this many arguments of a command, each with the space after it. */
export function argumentsUpTo(most: number): string {
  return `(?:[^\\s;|&]{1,80}${space}){0,${most}}`
}

/** At most this many characters of one command. */
export function commandUpTo(most: number): string {
  return `[^;|&\\n]{0,${most}}`
}
