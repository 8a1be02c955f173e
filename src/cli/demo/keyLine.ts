/**
 * The one line of a mail that a person would want to see beside its subject: what is asked, owed, due or given away,
 * else what the subject is about. It is quoted as it stands, so that whoever reads the summary reads the mail's words.
 */

import { cut } from './plainText.js'

const lineMaxChars = 160
const lineMinChars = 12

/** What has to be kept safe, and what has to be done: what a line with such a word weighs. */
const cues = [
  { words: /\b(?:passwords?|passphrases?|pin code|secret keys?|ssn|social security|delete all)\b/i, weight: 8 },
  {
    words: /\b(?:account|confirm|expires?|deadline|due|invoice|order|payment|refund|meeting|appointment)\b/i,
    weight: 3,
  },
  { words: /\b(?:urgent|reply|need|question|problem|fix(?:ed)?|release[ds]?)\b/i, weight: 3 },
]

/** Quoted text, who wrote it, forwarded headers, bare links, greetings, small print and rules say nothing of this mail. */
const chaff = [
  /^\s*(?:>|\||\w{0,3}>)/,
  /\b(?:wr(?:ote|ites)|said|mentioned):?\s*$/i,
  /^\s*(?:from|forwarded-by|to|cc|date|sent|subject|url|link|list|message-id|content-type):/i,
  /^\s*[<[(]?https?:\/\/\S+\s*$/i,
  /^(?:hi|hello|hey|dear)\b.{0,30}$/i,
  /unsubscribe|opt-?(?:in|out)\b|\bremove|click (?:here|below)|no longer (?:wish|want)|mailing list|in error/i,
  /-----|_____|=====|\*\*\*\*\*/,
]

/** At most 160 characters; the subject, where the text has no such line. */
export function keyLine(subject: string, text: string): string {
  const topics = new Set(wordsOf(subject))
  let best = { line: subject, weight: -1 }
  for (const line of ownLines(text)) {
    const weight = weigh(line, topics)
    if (weight > best.weight) best = { line, weight }
  }
  return cut(best.line, lineMaxChars)
}

function weigh(line: string, topics: ReadonlySet<string>): number {
  const onTopic = new Set(wordsOf(line).filter((word) => topics.has(word))).size
  return cues.reduce((sum, { words, weight }) => (words.test(line) ? sum + weight : sum), onTopic)
}

/** Lines that its sender wrote, sentence by sentence, without the signature. */
function ownLines(text: string): readonly string[] {
  const [body = ''] = text.split(/^-- ?$/m)
  return body
    .split('\n')
    .filter((line) => !chaff.some((pattern) => pattern.test(line)))
    .flatMap((line) => line.split(/(?<=\w[.!?])\s+(?=[A-Z])/))
    .filter((line) => /[a-z]{3}/i.test(line))
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line.length >= lineMinChars)
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z]{4,}/g) ?? []
}
