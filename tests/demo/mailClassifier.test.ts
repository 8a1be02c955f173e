import { beforeAll, describe, expect, it } from 'vitest'
import { type LabelledMail, mailPayload } from '../../src/cli/demo/mail.js'
import { type MailClassifier, trainMailClassifier } from '../../src/cli/demo/mailClassifier.js'
import { mailSplit, openMailCorpus } from '../../src/cli/demo/mailCorpus.js'
import { fileMail } from '../../src/cli/demo/mailFiling.js'
import { createGate } from '../../src/safety/gate.js'
import { defaultPolicy } from '../../src/safety/policy.js'
import type { Verdict } from '../../src/tasks/verdict.js'

const corpus = openMailCorpus('demo')
const { learnUpTo, calibrateUpTo } = mailSplit

let classifier: MailClassifier
let unseen: readonly LabelledMail[]

beforeAll(async () => {
  classifier = trainMailClassifier(await corpus.read(0, learnUpTo), await corpus.read(learnUpTo, calibrateUpTo))
  unseen = await corpus.read(calibrateUpTo, calibrateUpTo + 2_000)
  // Reads 3,600 mails: some seconds on an idle machine.
}, 120_000)

function judged(mails: readonly LabelledMail[]) {
  return mails.map((mail) => {
    const { label, confidence, evidence } = classifier.classify(mail)
    return { mail, confidence, evidence, isRight: label === mail.label }
  })
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the mail classifier, on 2,000 mails that it never saw', () => {
  it('[D12] is right at least 97 times in 100, and hardly ever takes ham for spam with certainty', () => {
    const all = judged(unseen)
    expect(mean(all.map(({ isRight }) => Number(isRight)))).toBeGreaterThan(0.97)
    const worst = all.filter(({ mail, confidence, isRight }) => !isRight && mail.label === 'ham' && confidence > 0.95)
    expect(worst.length).toBeLessThan(unseen.length / 500)
  })

  it('[D13] says how sure it is, and is right about that (Brier score, reliability)', () => {
    const all = judged(unseen)
    const brier = mean(all.map(({ confidence, isRight }) => (confidence - Number(isRight)) ** 2))
    expect(brier).toBeLessThan(0.02)
    for (const [from, to] of [
      [0.5, 0.7],
      [0.7, 0.9],
      [0.9, 0.97],
      [0.97, 1],
    ] as const) {
      const band = all.filter(({ confidence }) => confidence >= from && confidence < to)
      const said = mean(band.map(({ confidence }) => confidence))
      const right = mean(band.map(({ isRight }) => Number(isRight)))
      expect(band.length).toBeGreaterThan(50)
      expect(Math.abs(said - right)).toBeLessThan(0.1)
    }
  })

  it('[D14] leaves few mails in doubt, and half of its errors are among those', () => {
    const all = judged(unseen)
    const doubtful = all.filter(({ confidence }) => confidence < 0.7)
    expect(doubtful.length / all.length).toBeGreaterThan(0.01)
    expect(doubtful.length / all.length).toBeLessThan(0.05)
    const errors = all.filter(({ isRight }) => !isRight).length
    expect(doubtful.filter(({ isRight }) => !isRight).length).toBeGreaterThan(errors / 2)
  })

  it('[D15] gives words of the mail as its evidence, at most five', () => {
    for (const { mail, evidence } of judged(unseen.slice(0, 300))) {
      expect(evidence.length).toBeLessThanOrEqual(5)
      const said = `${mail.from} ${mail.subject} ${mail.text}`.toLowerCase()
      for (const word of evidence) expect(said).toContain(word.replace(/^(?:subject|from):/, ''))
    }
  })

  it('[D16] learns the same from the same mails', async () => {
    const [learn, held] = [await corpus.read(0, 400), await corpus.read(400, 600)]
    const [one, other] = [trainMailClassifier(learn, held), trainMailClassifier(learn, held)]
    for (const mail of unseen.slice(0, 100)) expect(other.classify(mail)).toEqual(one.classify(mail))
  })

  it('[D17] judges a mail without a known word by how common spam is', () => {
    const empty = { name: 'a', from: '', to: '', subject: '', bulk: false, text: 'Ωμέγα' }
    const { label, confidence, evidence } = classifier.classify(empty)
    expect({ label, evidence }).toEqual({ label: 'ham', evidence: [] })
    expect(confidence).toBeLessThan(0.7)
  })

  it('[D18] refuses to learn from ham alone', async () => {
    const ham = (await corpus.read(0, 60)).filter(({ label }) => label === 'ham')
    expect(() => trainMailClassifier(ham, unseen.slice(0, 60))).toThrow('ham and spam to learn from')
    expect(() => trainMailClassifier(unseen.slice(0, 60), ham)).toThrow('examples of both kinds')
  })
})

describe('both steps, through the gate', () => {
  const gate = createGate(() => defaultPolicy)

  function verdictsFor(mail: LabelledMail): readonly Verdict[] {
    const { confidence: isSpam, ...classified } = classifier.classify(mailPayload(mail))
    const { confidence: isThere, ...filed } = fileMail(mailPayload(mail), classified)
    const result = { tenant: 't_demo', queue: 'mail', kind: 'result' } as const
    return [
      gate.judge({ ...result, value: classified, confidence: isSpam }),
      gate.judge({ ...result, value: filed, confidence: isThere }),
    ]
  }

  it('[D25] hold few mails: some for doubt, some for what the mail itself says', () => {
    const held = unseen.flatMap((mail) =>
      verdictsFor(mail).flatMap((verdict) => (verdict.kind === 'hold' ? [{ mail, verdict }] : [])),
    )
    const share = new Set(held.map(({ mail }) => mail.name)).size / unseen.length
    expect(share).toBeGreaterThan(0.02)
    expect(share).toBeLessThan(0.08)
    expect(new Set(held.map(({ verdict }) => verdict.reason))).toEqual(
      new Set(['LOW_CONFIDENCE', 'PII', 'SENSITIVE_KEYWORD']),
    )
    const sensitive = held.filter(({ verdict }) => verdict.findings.some(({ rule }) => rule.startsWith('keyword.')))
    expect(sensitive.length).toBeGreaterThan(5)
    for (const { mail } of sensitive) {
      expect(`${mail.subject} ${mail.text}`).toMatch(/password|secret key|delete all|\bssn\b|\bpii\b/i)
    }
  })
})
