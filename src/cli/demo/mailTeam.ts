/** The demo's agents: each takes mails of both steps, and says how sure it is. */
import { Agent, type Answer, type Assignment, TaskFailure } from '../../client/index.js'
import type { Access } from '../access.js'
import { mailFrom } from './mail.js'
import { type MailClassifier, trainMailClassifier } from './mailClassifier.js'
import { mailSplit, openMailCorpus } from './mailCorpus.js'
import { fileMail } from './mailFiling.js'

export const mailSteps = ['classify', 'file'] as const

const tasksAtOnce = 4

/** Learns first, which takes some seconds, and then connects that many agents. */
export async function startMailTeam(access: Access, size: number, seed: string): Promise<readonly Agent[]> {
  const corpus = openMailCorpus(seed)
  const { learnUpTo, calibrateUpTo } = mailSplit
  const classifier = trainMailClassifier(await corpus.read(0, learnUpTo), await corpus.read(learnUpTo, calibrateUpTo))
  const handle = (task: Assignment) => work(classifier, task)
  return Array.from(
    { length: size },
    (_, at) => new Agent({ ...access, queues: mailSteps, capacity: tasksAtOnce, instance: `mail-${at + 1}`, handle }),
  )
}

function work(classifier: MailClassifier, { queue, payload, previous }: Assignment): Answer {
  const mail = mailFrom(payload)
  if (queue === 'classify') {
    const { confidence, ...output } = classifier.classify(mail)
    return { output, confidence }
  }
  if (queue === 'file') {
    const { confidence, ...output } = fileMail(mail, previous)
    return { output, confidence }
  }
  throw new TaskFailure(`no mail is worked on in ${queue}`, { code: 'UNKNOWN_QUEUE', retry: false })
}
