/**
 * Short pieces of a text, for people to read. Halves of a pair and control characters become U+FFFD: a piece can be
 * sent wherever text can, and does nothing to the terminal that shows it.
 */

import type { Span } from './views/view.js'

export const excerptMaxChars = 80

const contextChars = 24
const unshown = /(?![\t\n\r])[\p{Cs}\p{Cc}]/gu

/** The span with a little around it; a span that is too long is cut at its end. */
export function excerptOf(text: string, { start, end }: Span): string {
  const from = excerptStart(start)
  const to = Math.min(text.length, end + contextChars, from + excerptMaxChars - 2)
  const piece = text.slice(from, to).replace(unshown, '\ufffd')
  return `${from > 0 ? '…' : ''}${piece}${to < text.length ? '…' : ''}`
}

/** Where in the text the excerpt of a span begins. It has as many units as the piece of the text that it shows. */
export const excerptStart = (spanStart: number): number => Math.max(0, spanStart - contextChars)

export function cutText(text: string, maxChars: number): string {
  return text.slice(0, maxChars).replace(unshown, '\ufffd')
}
