/**
 * Keys that have no anchor of their own (32 hex digits, a UUID): they are told by the name of their vendor and a word
 * for keys near by, in the text or in the names of the fields around it.
 */

import type { Rule } from '../../rule.js'
import type { Reading } from '../../views/reading.js'
import { charSet } from './charSet.js'
import { entropyOf } from './randomness.js'
import type { SecretFound } from './secretSearch.js'
import { alnum, anyHex, base64, dashed, type Run, run } from './tokenShape.js'

type VendorKey = { readonly rule: Rule; readonly vendor: string; readonly runs: readonly Run[] }

const uuidExample = '0badcafe-0bad-4bad-8bad-0badcafe0bad'
const uuid = run(`${anyHex}-`, 36)
const example = 'n0tAR3alK3y4nyb0dyC0uldUse7he5eL3tt3rs9forAnything0AtAll2Bsur3'
const hexExample = '0badcafe1234567890facade56789bad'

function exampleOf({ chars, least }: Run): string {
  if (chars === uuid.chars) return uuidExample
  const text = chars === anyHex ? hexExample : example
  const fitting = [...text].filter((char) => charSet(chars).has(char.charCodeAt(0))).join('')
  return fitting.repeat(Math.ceil(least / fitting.length)).slice(0, least)
}

/** `vendor` is an expression that finds its name; of several kinds of keys each is a run of its own. */
function vendorKey(name: string, what: string, vendor: string, called: string, ...runs: readonly Run[]): VendorKey {
  return {
    vendor,
    runs,
    rule: {
      id: `secret.${name}`,
      reason: 'SECRET',
      summary: `it holds ${what}`,
      finds: `${what.charAt(0).toUpperCase()}${what.slice(1)}: by its length and characters, where “${called}” and a word for keys stand near by.`,
      hits: runs.map((one) => `the ${called} key ${exampleOf(one)}`),
      misses: [`the key ${uuidExample} of another`, `${called} has many keys`],
    },
  }
}

const vendorKeys: readonly VendorKey[] = [
  vendorKey(
    'aws-secret-key',
    'an AWS secret access key',
    'aws|amazon|(?:AKIA|ASIA)[A-Z0-9]{16}',
    'AWS',
    run(base64, 40),
  ),
  vendorKey('datadog', 'a Datadog key', 'datadog|dd[-_]api|dd[-_]app', 'Datadog', run(anyHex, 32), run(anyHex, 40)),
  vendorKey('heroku-old', 'a Heroku API key of the old kind', 'heroku', 'Heroku', uuid),
  vendorKey('cloudflare', 'a Cloudflare key', 'cloudflare', 'Cloudflare', run(anyHex, 37), run(dashed, 40)),
  vendorKey('fastly', 'a Fastly API token', 'fastly', 'Fastly', run(dashed, 32)),
  vendorKey('algolia', 'an Algolia key', 'algolia', 'Algolia', run(anyHex, 32)),
  vendorKey('twilio-auth', 'a Twilio auth token', 'twilio', 'Twilio', run(anyHex, 32)),
  vendorKey('cohere', 'a Cohere API key', 'cohere|co_api', 'Cohere', run(alnum, 40)),
  vendorKey('mistral', 'a Mistral API key', 'mistral', 'Mistral', run(alnum, 32)),
  vendorKey('discord-secret', 'a Discord client secret', 'discord', 'Discord', run(dashed, 32)),
  vendorKey('snyk', 'a Snyk token', 'snyk', 'Snyk', uuid),
  vendorKey('postmark', 'a Postmark server token', 'postmark', 'Postmark', uuid),
  vendorKey('okta', 'an Okta API token', 'okta', 'Okta', run(dashed, 42)),
  vendorKey('auth0', 'an Auth0 client secret', 'auth0', 'Auth0', run(dashed, 64)),
  vendorKey('pagerduty', 'a PagerDuty API key', 'pager[-_ ]?duty', 'PagerDuty', run(`${dashed}+`, 20)),
  vendorKey('wandb', 'a Weights & Biases API key', 'wandb|weights ?(?:&|and) ?biases', 'wandb', run(anyHex, 40)),
  vendorKey('snowflake', 'a Snowflake key or token', 'snowflake', 'Snowflake', run(`${dashed}+/=`, 64, 512)),
  vendorKey('mailjet', 'a Mailjet key', 'mailjet', 'Mailjet', run(anyHex, 32)),
  vendorKey('azure-devops', 'an Azure DevOps token', 'azure|devops|visualstudio', 'Azure DevOps', run('a-z2-7', 52)),
  vendorKey('travis-ci', 'a Travis CI token', 'travis', 'Travis', run(dashed, 22)),
  vendorKey('rapidapi', 'a RapidAPI key', 'rapid[-_ ]?api', 'RapidAPI', run(alnum, 50)),
  vendorKey('intercom', 'an Intercom token', 'intercom', 'Intercom', run(`${dashed}=`, 60)),
]

export const vendorKeyRules: readonly Rule[] = vendorKeys.map(({ rule }) => rule)

const vendorExpression = new RegExp(vendorKeys.map(({ vendor }) => `(${vendor})`).join('|'), 'gi')
const vendorInNames = new RegExp(vendorExpression.source, 'i')
const keyWord = /key|token|secret|pass|auth|credential|login|api/i
const before = 48
const after = 120
const unbroken = charSet('A-Za-z0-9+/=_-')
const shortest = Math.min(...vendorKeys.flatMap(({ runs }) => runs.map(({ least }) => least)))
/** What is a word or a number is no key: below this many bits for each character. */
const bitsLeast = 2.6

export function findVendorKeys(text: string, found: SecretFound): void {
  // How far the text is read for each of them: names in a row don't make it read again.
  const readTo = new Map<VendorKey, number>()
  vendorExpression.lastIndex = 0
  for (let hit = vendorExpression.exec(text); hit !== null; hit = vendorExpression.exec(text)) {
    const key = vendorKeys[hit.slice(1).findIndex((group) => group !== undefined)]
    if (key === undefined) continue
    const end = hit.index + hit[0].length
    const from = Math.max(end, readTo.get(key) ?? 0)
    readTo.set(key, findRuns(text, { from, to: Math.min(text.length, end + after) }, key, found))
  }
}

/** A field that stands, by the names around it, among those of a vendor, and is nothing but a key. */
export function findVendorField({ text, inKey, label }: Reading, found: SecretFound): void {
  if (inKey || text.length < shortest || text.length > 512 || unbroken.endOfRun(text, 0, text.length) < text.length)
    return
  const names = label()
  const vendor = vendorInNames.exec(names)
  const key = vendorKeys[vendor?.slice(1).findIndex((group) => group !== undefined) ?? -1]
  if (key !== undefined && keyWord.test(names) && isKey(text, key)) found(key.rule, { start: 0, end: text.length })
}

/** Says up to where it read. */
function findRuns(
  text: string,
  { from, to }: { from: number; to: number },
  key: VendorKey,
  found: SecretFound,
): number {
  let at = from
  while (at < to) {
    const start = at
    const end = unbroken.endOfRun(text, start, start + 1_024)
    at = end + 1
    if (end - start < shortest) continue
    const piece = text.slice(start, end)
    // `KEY=…` is one run: what stands after the sign may be the key.
    const cut = piece.search(/=(?=[^=])/) + 1
    const isFound = isKey(piece.slice(cut), key) || isKey(piece, key)
    if (!isFound || !keyWord.test(text.slice(Math.max(0, start - after - before), start + cut))) continue
    found(key.rule, { start: isKey(piece, key) ? start : start + cut, end })
  }
  return at
}

function isKey(piece: string, { runs }: VendorKey): boolean {
  return runs.some((one) => {
    if (piece.length < one.least || piece.length > one.most) return false
    if (charSet(one.chars).endOfRun(piece, 0, piece.length) < piece.length) return false
    return /[0-9]/.test(piece) && /[A-Za-z]/.test(piece) && entropyOf(piece) >= bitsLeast
  })
}
