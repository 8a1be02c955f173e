import { describe, expect, it } from 'vitest'
import { mailFrom, mailPayload } from '../../src/cli/demo/mail.js'
import { openMailCorpus } from '../../src/cli/demo/mailCorpus.js'

describe('the mail corpus', () => {
  it('[D1] has 6,046 mails, each once, ham and spam in every part of the order', async () => {
    const corpus = openMailCorpus('demo')
    expect(corpus.size).toBe(6_046)
    for (const from of [0, 3_000, 6_000]) {
      const mails = await corpus.read(from, from + 40)
      expect(new Set(mails.map(({ name }) => name)).size).toBe(mails.length)
      expect(new Set(mails.map(({ label }) => label))).toEqual(new Set(['ham', 'spam']))
    }
  })

  it('[D2] keeps its order for a seed, and has another one for another', async () => {
    const first = await openMailCorpus('demo').read(0, 20)
    expect(await openMailCorpus('demo').read(0, 20)).toEqual(first)
    expect(await openMailCorpus('other').read(0, 20)).not.toEqual(first)
  })

  it('[D3] gives a mail to agents without its label, and takes it back whole', async () => {
    for (const mail of await openMailCorpus('demo').read(0, 50)) {
      const payload = mailPayload(mail)
      expect(payload).not.toHaveProperty('label')
      expect({ ...mailFrom(structuredClone(payload)), label: mail.label }).toEqual(mail)
    }
  })

  it('[D4] names the field of a payload that is no mail', async () => {
    const [mail] = await openMailCorpus('demo').read(0, 1)
    for (const field of ['name', 'from', 'to', 'subject', 'text', 'list', 'date']) {
      expect(() => mailFrom({ ...mail, [field]: 7 })).toThrow(new TypeError(`payload.${field}: expected a text`))
    }
    for (const payload of [null, undefined, 7, 'a mail']) expect(() => mailFrom(payload)).toThrow('expected a mail')
  })
})
