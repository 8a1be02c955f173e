/**
 * Hands in the demo's mails. Each has a key made of seed, round and name, so that a demo that is started again on the
 * same folder goes on where it was: what was submitted before is known, and not worked on twice.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Producer } from '../../client/index.js'
import type { DemoTally } from './demoTally.js'
import { type LabelledMail, mailPayload } from './mail.js'
import { type MailCorpus, mailSplit } from './mailCorpus.js'
import { mailSteps } from './mailTeam.js'

export type MailFeedOptions = {
  readonly producer: Producer
  readonly corpus: MailCorpus
  readonly seed: string
  readonly tally: DemoTally
  /** How many altogether; missing: until `signal` is aborted. */
  readonly once: number | undefined
  /** A second at most; missing: as fast as they are worked through. */
  readonly mailsPerSecond: number | undefined
  readonly signal: AbortSignal
}

type Numbered = { readonly mail: LabelledMail; readonly round: number }

const batchSize = 32
/** Submitted, and neither ended nor held. */
const window = 256
const lookMs = 20

/** Settles when all are handed in, or soon after it was aborted: no later than the node has answered. */
export async function feedMails({
  producer,
  corpus,
  seed,
  tally,
  once,
  mailsPerSecond,
  signal,
}: MailFeedOptions): Promise<void> {
  const since = performance.now()
  let sent = 0
  for await (const batch of batches(corpus, once ?? Number.POSITIVE_INFINITY)) {
    while (!signal.aborted && (tally.counts.open >= window || isAhead(sent, since, mailsPerSecond))) await pause(lookMs)
    if (signal.aborted) return
    const tasks = batch.map(({ mail, round }) => ({
      steps: mailSteps,
      payload: mailPayload(mail),
      key: `${seed}/${round}/${mail.name}`,
    }))
    const handles = await producer.submit(tasks)
    sent += handles.length
    for (const { id, existing } of handles) tally.submitted(id, existing)
    await Promise.all(handles.filter(({ existing }) => existing).map(({ id }) => lookUp(producer, tally, id)))
  }
}

/** Its outcomes may have been seen by an earlier run. */
async function lookUp(producer: Producer, tally: DemoTally, task: string): Promise<void> {
  const { status, final, updatedAt } = await producer.get(task)
  tally.told({ task, status, final, at: updatedAt })
}

function isAhead(sent: number, since: number, mailsPerSecond: number | undefined): boolean {
  return mailsPerSecond !== undefined && sent > ((performance.now() - since) / 1_000) * mailsPerSecond
}

/** The mails that no agent has learned from, over and over. */
async function* batches(corpus: MailCorpus, count: number): AsyncGenerator<readonly Numbered[]> {
  let left = count
  for (let round = 0; ; round++)
    for (let from = mailSplit.calibrateUpTo; from < corpus.size; from += batchSize) {
      if (left <= 0) return
      const mails = await corpus.read(from, Math.min(from + batchSize, from + left, corpus.size))
      left -= mails.length
      yield mails.map((mail) => ({ mail, round }))
    }
}
