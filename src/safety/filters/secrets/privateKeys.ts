/**
 * Private keys as files hold them: PEM (RFC 7468), OpenSSH, PGP (RFC 9580) and PuTTY's. What is found reaches to the
 * key's end, or where that is cut off, over all that could be of the key. Line breaks may be escaped or missing.
 */

import type { Rule } from '../../rule.js'
import { charSet } from './charSet.js'
import type { SecretFound } from './secretSearch.js'

const madeUp = 'NotARealKey7not4real0noTaR3alk3y'

export const pemRule: Rule = {
  id: 'secret.private-key',
  reason: 'SECRET',
  summary: 'it holds a private key',
  finds:
    'A private key in PEM, OpenSSH or PGP armour (`BEGIN … PRIVATE KEY`) with something of the key after it, whole or cut.',
  hits: [
    `-----BEGIN ${'PRIVATE KEY'}-----\n${madeUp}\n-----END ${'PRIVATE KEY'}-----`,
    `-----BEGIN RSA ${'PRIVATE KEY'}-----\\n${madeUp}\\n`,
    `-----BEGIN OPENSSH ${'PRIVATE KEY'}-----\n${madeUp}`,
    `-----BEGIN PGP ${'PRIVATE KEY'} BLOCK-----\nVersion: GnuPG v2\n\n${madeUp}`,
  ],
  misses: [
    `-----BEGIN PUBLIC KEY-----\n${madeUp}\n-----END PUBLIC KEY-----`,
    `-----BEGIN CERTIFICATE-----\n${madeUp}`,
    `-----BEGIN ${'PRIVATE KEY'}-----\n...\n-----END ${'PRIVATE KEY'}-----`,
  ],
}

export const puttyRule: Rule = {
  id: 'secret.putty-key',
  reason: 'SECRET',
  summary: 'it holds a PuTTY private key',
  finds: 'A private key in PuTTY’s file format, by its first line.',
  hits: [`PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\n${madeUp}`],
  misses: ['PuTTY keeps keys in files of its own.'],
}

export const keyRules: readonly Rule[] = [pemRule, puttyRule]

const begin = '-----BEGIN '
const nameMost = 40
const privateName = /PRIVATE KEY(?: BLOCK)?-----/g
/** Of a key, a line break of its armour in whatever writing, and names of its headers. */
const body = charSet('A-Za-z0-9+/=\\ \n\r\t:,.()<>@_-')
const keyText = charSet('A-Za-z0-9+/=')
const keyTextLeast = 16
/** Headers (`Proc-Type`, `DEK-Info`, `Version`) may stand before the key. */
const headersMost = 400
const keyMost = 16_384

export function findPrivateKeys(text: string, found: SecretFound): void {
  findArmoured(text, found)
  findPutty(text, found)
}

function findArmoured(text: string, found: SecretFound): void {
  let at = text.indexOf(begin)
  while (at !== -1) {
    const end = endOfArmoured(text, at)
    if (end !== undefined) found(pemRule, { start: at, end })
    at = text.indexOf(begin, end ?? at + begin.length)
  }
}

function endOfArmoured(text: string, start: number): number | undefined {
  const line = text.slice(start + begin.length, start + begin.length + nameMost)
  privateName.lastIndex = 0
  const name = privateName.exec(line)
  if (name === null) return undefined
  const from = start + begin.length + name.index + name[0].length
  // The text after may be cut off, or be the next item of a list.
  if (text.slice(from, from + keyTextLeast).trim() === '') return Math.min(text.length, from)
  if (!hasKeyText(text, from)) return undefined
  const to = text.slice(from, from + keyMost).indexOf('-----END ')
  if (to === -1) return body.endOfRun(text, from, from + keyMost)
  const close = text.slice(from + to + 9, from + to + 9 + nameMost).indexOf('-----')
  return from + to + 9 + (close === -1 ? 0 : close + 5)
}

function hasKeyText(text: string, from: number): boolean {
  const to = Math.min(text.length, from + headersMost)
  for (let at = from; at < to; ) {
    const end = keyText.endOfRun(text, at, at + keyTextLeast)
    if (end - at >= keyTextLeast) return true
    if (end < text.length && !body.has(text.charCodeAt(end))) return false
    at = end + 1
  }
  return false
}

const puttyStart = 'PuTTY-User-Key-File-'

function findPutty(text: string, found: SecretFound): void {
  const start = text.indexOf(puttyStart)
  if (start !== -1) found(puttyRule, { start, end: Math.min(text.length, start + keyMost) })
}
