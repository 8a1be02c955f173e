/**
 * What a mail says, as plain text of a bounded length. Much of the spam is HTML, some of it sent as `text/plain`: both
 * are read the way a person would see them, near enough to classify and to quote. The result is text to look at, not
 * markup made safe.
 */

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  copy: '©',
}

/** What is read of a text: its markup can be many times as long as what it says. */
const readMaxChars = 50_000

const startsAsHtml = /^\s*<(?:!doctype|!--|html|head|body|table|div|center|font|meta|p)\b/i

/** `text` as a reader sees it, at most `maxChars` UTF-16 units, never ending inside a character. */
export function plainText(text: string, maxChars: number): string {
  const read = cut(text, readMaxChars)
  const seen = startsAsHtml.test(read) ? withoutMarkup(read) : read
  return cut(tidy(seen), maxChars)
}

export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text
  const last = text.charCodeAt(maxChars - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? maxChars - 1 : maxChars)
}

function withoutMarkup(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(script|style|title)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/\s+/g, ' ')
    .replace(/<(?:br|p|div|tr|li|h\d|table|center|td|hr)\b[^<>]*>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(#\d{1,7}|[a-z]{2,6});/gi, (whole, name: string) => entity(name) ?? whole)
}

function entity(name: string): string | undefined {
  if (!name.startsWith('#')) return entities[name.toLowerCase()]
  const code = Number(name.slice(1))
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : undefined
}

function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd())
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
