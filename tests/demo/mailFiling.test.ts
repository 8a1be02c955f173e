import { describe, expect, it } from 'vitest'
import { keyLine } from '../../src/cli/demo/keyLine.js'
import type { Mail } from '../../src/cli/demo/mail.js'
import { openMailCorpus } from '../../src/cli/demo/mailCorpus.js'
import { fileMail } from '../../src/cli/demo/mailFiling.js'

const ham = { label: 'ham', evidence: [] }
const spam = { label: 'spam', evidence: [] }

function mail(fields: Partial<Mail>): Mail {
  return { name: 'a', from: 'Ann <ann@home.example>', to: '', subject: 'Hello', bulk: false, text: '', ...fields }
}

describe('filing a mail', () => {
  it.each<[string, Partial<Mail>, string]>([
    ['of a list', { list: 'ilug.linux.ie', bulk: true }, 'Lists/ilug.linux.ie'],
    ['of a list that only marks subjects', { subject: 'Re: [Spambayes] test sets?' }, 'Lists/spambayes'],
    ['that answers', { subject: 'Re: Sunday', to: 'bob@home.example' }, 'Inbox'],
    ['to one person', { to: 'bob@home.example' }, 'Inbox'],
    ['sent in bulk', { bulk: true, text: 'To unsubscribe, write to us' }, 'Newsletters'],
    ['from a feed', { from: 'rssfeeds@home.example', to: 'bob@home.example' }, 'Feeds'],
  ])('[D19] puts one %s where it belongs, and is sure of it', (_, fields, folder) => {
    const filing = fileMail(mail(fields), ham)
    expect(filing.folder).toBe(folder)
    expect(filing.confidence).toBeGreaterThanOrEqual(0.7)
  })

  it('[D20] follows the step before: what was found to be spam goes there, whatever list it came through', () => {
    expect(fileMail(mail({ list: 'fork.xent.com' }), spam)).toMatchObject({ folder: 'Spam', confidence: 0.95 })
    expect(fileMail(mail({ list: 'fork.xent.com' }), ham)).toMatchObject({ folder: 'Lists/fork.xent.com' })
  })

  it('[D21] leaves to a person what two folders could claim, and names both', () => {
    const both = fileMail(mail({ to: 'bob@home.example', text: 'Reply to unsubscribe.' }), ham)
    expect(both.confidence).toBeLessThan(0.7)
    expect(both.reason).toContain('Newsletters')
    expect(both.reason).toContain('Inbox')
    expect(fileMail(mail({}), ham).confidence).toBeLessThan(0.7)
  })

  it.each([undefined, null, 'spam', {}, { label: 'eggs' }])('[D22] refuses %j as the step before', (previous) => {
    expect(() => fileMail(mail({}), previous)).toThrow(new TypeError('previous.label: expected ham or spam'))
  })

  it('[D23] quotes one line of the mail, never more than 160 characters of it', async () => {
    for (const each of await openMailCorpus('demo').read(2_000, 2_300)) {
      const { summary } = fileMail(each, { label: each.label })
      expect(summary.length).toBeLessThanOrEqual(160)
      const said = `${each.subject}\n${each.text}`.replace(/\s+/g, ' ')
      expect(said).toContain(summary)
    }
  })

  it('[D24] quotes what has to be kept safe before anything else that its sender wrote', () => {
    const text = [
      'Hi Bob,',
      'On Monday Ann wrote:',
      '> is the password still "swordfish"?',
      'The meeting about the invoice is on Friday, please confirm.',
      'Your password is hunter2.  Do not tell anybody.',
      'Click here to unsubscribe from passwords',
      '-- ',
      'Ann, keeper of passwords',
    ].join('\n')
    expect(keyLine('meeting', text)).toBe('Your password is hunter2.')
    expect(keyLine('Lunch?', '> quoted\nhttp://lunch.example/\nHi!')).toBe('Lunch?')
  })
})
