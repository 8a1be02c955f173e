/**
 * The demo's second step: puts a classified mail into a folder. Each rule that applies votes for a folder; the folder
 * with most votes wins, and its share of all votes is the confidence: a mail that two folders could claim is for a
 * person to file. The votes' weights are judgements, by how much the thing seen says about where a mail belongs.
 */

import { keyLine } from './keyLine.js'
import { type Mail, type MailLabel, mailLabels } from './mail.js'

export type Filing = {
  /** Such as `Spam`, `Lists/ilug.linux.ie`, `Inbox`. */
  readonly folder: string
  /** What spoke for the folder, and for the next best. */
  readonly reason: string
  /** A line of the mail, as it stands there. */
  readonly summary: string
  readonly confidence: number
}

type Vote = { readonly folder: string; readonly weight: number; readonly because: string }

type Rule = { readonly folder: string; readonly weight: number; readonly because: string; applies(mail: Mail): boolean }

const rules: readonly Rule[] = [
  {
    folder: 'Feeds',
    weight: 15,
    because: 'a feed reader sent it',
    applies: ({ from }) => /\brss|\bfeeds?\b/i.test(from),
  },
  { folder: 'Newsletters', weight: 5, because: 'sent in bulk', applies: ({ bulk }) => bulk },
  {
    folder: 'Newsletters',
    weight: 5,
    because: 'calls itself one',
    applies: ({ from, subject }) =>
      /newsletter|digest|headlines|daily|weekly|\bnews\b|issue \d/i.test(`${from} ${subject}`),
  },
  {
    folder: 'Newsletters',
    weight: 3,
    because: 'offers to unsubscribe',
    applies: ({ text }) => /\bunsubscribe|\bsubscription|to be removed|opt[ -]?out/i.test(text),
  },
  {
    folder: 'Inbox',
    weight: 4,
    because: 'answers somebody',
    applies: ({ subject }) => /^(?:re|aw|sv)\b.{0,4}:/i.test(subject),
  },
  {
    folder: 'Inbox',
    weight: 2,
    because: 'is addressed to people',
    applies: ({ to, bulk }) => !bulk && to.includes('@'),
  },
]

/** Files a mail by what the step before made of it. Throws a TypeError where that is no classification. */
export function fileMail(mail: Mail, previous: unknown): Filing {
  const summary = keyLine(mail.subject, mail.text)
  const [first, second] = ranked(votesFor(mail, labelOf(previous)))
  if (first === undefined) return { folder: 'Inbox', reason: 'no rule says where it belongs', summary, confidence: 0.5 }
  if (second === undefined) return { folder: first.folder, reason: first.because, summary, confidence: 0.95 }
  const confidence = first.weight / (first.weight + second.weight)
  const reason = `${first.folder}: ${first.because}; or ${second.folder}: ${second.because}`
  return { folder: first.folder, reason, summary, confidence }
}

/** Spam goes to the spam folder, and a list's mail to the list's, whatever else it looks like. */
function votesFor(mail: Mail, label: MailLabel): readonly Vote[] {
  if (label === 'spam') return [{ folder: 'Spam', weight: 1, because: 'was found to be spam' }]
  const list = mail.list ?? subjectTag(mail.subject)
  if (list !== undefined) return [{ folder: `Lists/${list}`, weight: 1, because: `came through the list ${list}` }]
  return rules.filter((rule) => rule.applies(mail))
}

/** Lists whose headers say nothing still mark the subject: `Re: [Spambayes] Deployment`. */
function subjectTag(subject: string): string | undefined {
  return /^(?:\w{1,3}: ?)*\[([\w-]{3,30})\]/.exec(subject)?.[1]?.toLowerCase()
}

/** One vote a folder, the weightiest first. */
function ranked(votes: readonly Vote[]): readonly Vote[] {
  const byFolder = new Map<string, Vote>()
  for (const vote of votes) {
    const sum = byFolder.get(vote.folder)
    byFolder.set(
      vote.folder,
      sum === undefined
        ? vote
        : { ...vote, weight: sum.weight + vote.weight, because: `${sum.because}, ${vote.because}` },
    )
  }
  return [...byFolder.values()].sort((a, b) => b.weight - a.weight)
}

function labelOf(previous: unknown): MailLabel {
  const label = typeof previous === 'object' && previous !== null && 'label' in previous ? previous.label : undefined
  const known = mailLabels.find((each) => each === label)
  if (known === undefined) throw new TypeError(`previous.label: expected ${mailLabels.join(' or ')}`)
  return known
}
