/**
 * Held against a scanner that others rely on: whatever secretlint's recommended rules report in a text, the filter
 * finds there. Its samples are made up for the forms that those rules know, with surroundings that they don't.
 */
import { Buffer } from 'node:buffer'
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lookAt } from './look.js'

/** Without bias, and of several different characters: what is all one character stands for a secret. */
const text = (members: string, least: number, most: number = least): fc.Arbitrary<string> =>
  fc
    .noBias(fc.array(fc.constantFrom(...members), { minLength: least, maxLength: most }))
    .map((all) => all.join(''))
    .filter((made) => new Set(made).size >= Math.min(6, Math.ceil(least / 2)))

const lower = 'abcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const letters = lower + lower.toUpperCase()
const alnum = letters + digits
const word = `${alnum}_`
const dashed = `${word}-`
const base64 = `${alnum}+/`
const hex = `${digits}abcdef`

type Part = string | fc.Arbitrary<string>

const together = (...parts: readonly Part[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))

const pem = (kind: string): fc.Arbitrary<string> => {
  const name = `${kind}PRIVATE ${'KEY'}`
  return together(`-----BEGIN ${name}-----\n`, 'MII', text(base64, 120, 400), `\n-----END ${name}-----`)
}

/** Ends in `fQ`, as the braces of such tokens do. */
const inBase64 = (value: object): string => {
  const json = JSON.stringify(value)
  const padding = ' '.repeat((((1 - json.length) % 3) + 3) % 3)
  return Buffer.from(json.replace(/}$/, `${padding}}`)).toString('base64')
}

const forms: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'AWS secret key': together('AWS_SECRET_ACCESS_KEY = "', text(base64, 40), '"'),
  'private key': fc.constantFrom('', 'RSA ', 'EC ', 'DSA ').chain(pem),
  'private key, escaped': pem('RSA ').map((key) => JSON.stringify({ private_key: key })),
  'GitHub by x-oauth-basic': together('https://', text(alnum, 40), ':x-oauth-basic@github.com/owner/repo'),
  '.npmrc': together('//registry.example.com/:_authToken=', text(hex, 8), '-', text(hex, 4), '-', text(hex, 20)),
  npm: together('npm_', text(alnum, 36)),
  Slack: together(
    fc.constantFrom('xoxb', 'xoxp', 'xapp', 'xoxa', 'xoxo', 'xoxr'),
    '-',
    text(digits, 12),
    '-',
    text(alnum, 24),
  ),
  'Slack webhook': together(
    'https://hooks.slack.com/services/T',
    text(alnum, 10),
    '/B',
    text(alnum, 10),
    '/',
    text(alnum, 24),
  ),
  'basic authentication': together('https://', text(word, 2, 20), ':', text(dashed, 4, 40), '@example.org/path'),
  'ftp with a password': together('ftp://', text(word, 2, 20), ':', text(dashed, 4, 40), '@files.example.org'),
  OpenAI: together('sk-proj-', text(dashed, 74), 'T3BlbkFJ', text(dashed, 74)),
  'OpenAI, old': together('sk-', text(alnum, 20), 'T3BlbkFJ', text(alnum, 20)),
  Anthropic: together('sk-ant-api03-', text(dashed, 93), 'AA'),
  Groq: together('gsk_', text(alnum, 52)),
  'Hugging Face': together('hf_', text(letters, 34)),
  Linear: together('lin_api_', text(alnum, 40)),
  Notion: together('ntn_', text(digits, 11), text(alnum, 35)),
  SendGrid: together('SG.', text(alnum, 22), '.', text(alnum, 43)),
  Shopify: together(fc.constantFrom('shppa', 'shpca', 'shpat', 'shpss'), '_', text(alnum, 32, 64)),
  GitHub: together(fc.constantFrom('ghp', 'gho', 'ghu', 'ghs', 'ghr'), '_', text(alnum, 36)),
  'GitHub, fine-grained': together('github_pat_', text(alnum, 22), '_', text(alnum, 59)),
  GitLab: together('glpat-', text(dashed, 20, 60)),
  Grafana: together('glsa_', text(alnum, 32), '_', text(hex, 8)),
  'Grafana Cloud': together('glc_', text(base64, 32, 200)),
  '1Password': text(hex, 64).map(
    (k) => `ops_${inBase64({ email: 'nobody@example.org', srpX: k, muk: { k }, end: '' })}`,
  ),
  MongoDB: together(
    'mongodb+srv://',
    text(alnum, 4, 20),
    ':',
    text(alnum, 4, 40),
    '@cluster0.example.net/db?retryWrites=true',
  ),
  MySQL: together(
    fc.constantFrom('mysql', 'jdbc:mysql', 'mysqlx'),
    '://',
    text(alnum, 4, 20),
    ':',
    text(`${alnum}!$*~`, 4, 40),
    '@db:3306/app',
  ),
  PostgreSQL: together(
    fc.constantFrom('postgres', 'postgresql'),
    '://',
    text(alnum, 4, 20),
    ':',
    text(alnum, 4, 40),
    '@db:5432/app',
  ),
  Vault: together('hvs.', text(dashed, 92, 100)),
  'Vault, batch': together('hvb.', text(dashed, 140, 160)),
  Vercel: together('vcp_', text(alnum, 24)),
  Databricks: together('dapi', text(hex, 32)),
  Docker: together('dckr_pat_', text(dashed, 27)),
  Figma: together('figd_', text(dashed, 40, 60)),
}

/** Neither begins with a letter nor ends with one: tokens within words are none to either. */
const surroundings: readonly (readonly [string, string])[] = [
  ['', ''],
  ['see ', ' for it'],
  ['x="', '";'],
  ['- ', '\n- next'],
  ['1,', ',2'],
  ['[', ']'],
]

const rules = [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {}, rules: [] }]

async function reported(content: string): Promise<readonly (readonly [start: number, end: number])[]> {
  const source = { content, filePath: '/made-up/.npmrc', ext: '.npmrc', contentType: 'text' as const }
  const { messages } = await lintSource({ source, options: { config: { rules } } })
  return messages.map(({ range }) => [range[0], range[1]] as const)
}

describe('secretlint', () => {
  for (const [name, form] of Object.entries(forms)) {
    test(`[SC5] what it reports of ${name} is found`, async () => {
      let reports = 0
      const one = fc.tuple(form, fc.constantFrom(...surroundings))
      await fc.assert(
        fc.asyncProperty(one, async ([secret, [before, after]]) => {
          const content = before + secret + after
          const places = await reported(content)
          reports += places.length
          const seen = lookAt(content)
          for (const [start, end] of places) {
            // Its ranges may begin by a name and be as long as the value.
            const isSeen = seen.some(({ text: found }) => {
              const at = content.indexOf(found)
              return at < end && start < at + found.length
            })
            expect(isSeen, `${content}: ${content.slice(start, end)}`).toBe(true)
          }
        }),
        { numRuns: 60 },
      )
      expect(reports, 'samples that it reports').toBeGreaterThan(20)
    })
  }
})
