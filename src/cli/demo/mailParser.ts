/**
 * Reads one mail as it came over the wire. Real mail is often broken: whatever is wrong with one, something readable
 * comes back, never an error.
 */

import type { Mail } from './mail.js'
import { type MimeMessage, type MimeText, readMimeMessage } from './mimeMessage.js'
import { cut, plainText } from './plainText.js'

/** The longest text of a mail. */
export const textMaxChars = 4_000

const headerMaxChars = 300
/** What is not looked at: mails with attachments run to a megabyte, and their text stands at the beginning. */
const rawMaxChars = 200_000

/** `name` becomes the mail's own. Never rejects. */
export async function parseMail(name: string, raw: string): Promise<Mail> {
  const readable = cut(raw, rawMaxChars).replaceAll('\ufffd', '?')
  try {
    return mailOf(name, await readMimeMessage(readable))
  } catch {
    return { name, from: '', to: '', subject: '', bulk: false, text: plainText(readable.toWellFormed(), textMaxChars) }
  }
}

function mailOf(name: string, { header, texts }: MimeMessage): Mail {
  const date = dateOf(header('date'))
  const list = listOf(header)
  return {
    name,
    from: addresses(header('from')),
    to: addresses(header('to')),
    subject: cut(header('subject'), headerMaxChars),
    ...(date === undefined ? {} : { date }),
    ...(list === undefined ? {} : { list }),
    bulk: /^(?:bulk|list|junk)$/i.test(header('precedence')) || header('list-unsubscribe') !== '',
    text: cut(texts.map(seen).join('\n\n'), textMaxChars),
  }
}

/** Parts that say they are HTML needn't start like it. */
function seen({ kind, text }: MimeText): string {
  return plainText(kind === 'html' ? `<html>${text}` : text, textMaxChars)
}

/** `List-Id: Friends of Rohit Khare <fork.xent.com>` → `fork.xent.com`; older lists name themselves in other headers. */
function listOf(header: MimeMessage['header']): string | undefined {
  const id = /<([\w.-]+)>/.exec(header('list-id'))
  const other = /([\w.-]+)@[\w.-]+/.exec(header('mailing-list') || header('x-mailing-list'))
  const found = (id ?? other)?.[1]
  return found === undefined ? undefined : cut(found.toLowerCase(), 100)
}

/** `"Ann Bee" <ann@b.example>` and `ann@b.example (Ann Bee)` both become `Ann Bee <ann@b.example>`, `<ann@b.example>` loses its brackets. */
function addresses(header: string): string {
  return cut(header, headerMaxChars)
    .replace(/["\\]|\( *\)/g, '')
    .replace(/([^\s,<>()]+@[^\s,<>()]+) \(([^()]+)\)/g, '$2 <$1>')
    .replace(/(^|, ?)<([^<>]+)>/g, '$1$2')
    .trim()
}

/** Some dates of the corpus lie in the year 102; they are kept out like those that can't be read. */
function dateOf(header: string): string | undefined {
  const ms = Date.parse(header)
  return ms > 0 ? new Date(ms).toISOString() : undefined
}
