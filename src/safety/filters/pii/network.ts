/** Addresses of machines, which stand for people: IP, versions 4 and 6, and MAC. */

import type { Rule } from '../../rule.js'
import type { Found } from '../filter.js'
import type { Finder } from './finder.js'
import { type IpKind, ipv4Kind, ipv6Kind } from './ipAddress.js'
import type { Page } from './page.js'
import { isDigit, isTokenUnit } from './tokens.js'

export const ipRule: Rule = {
  id: 'pii.ip',
  reason: 'PII',
  severity: 'normal',
  summary: 'it holds an IP address',
  finds:
    'Addresses of the internet, version 4 and 6. Those of private networks and of documentation, and those of small numbers that may as well be a version, only with words such as "IP address" near by; those of one’s own machine, masks, versions ("v1.2.3.4") and object identifiers never.',
  hits: [
    'from 81.2.69.142 today',
    '2a00:1450:4001:82b::200e',
    'client ip 192.168.1.17',
    'IP: 203.0.113.7',
    'dns server 8.8.8.8',
    'http://81.2.69.142/x',
    'ip=81.2.69.142',
  ],
  misses: [
    '127.0.0.1',
    'v1.2.3.4',
    'version 10.4.0.1',
    'Quick Rem 3.2.1.0',
    '1.3.6.1.4.1',
    'Host: 192.168.1.17',
    '255.255.255.0',
    '::1',
    'a::b',
    '999.1.1.1',
    '21.2.82-rc.2',
  ],
}

export const macRule: Rule = {
  id: 'pii.mac',
  reason: 'PII',
  severity: 'normal',
  summary: 'it holds a MAC address',
  finds:
    'Six pairs of hexadecimal digits with colons or hyphens, or three groups of four with dots; not all zeros, not all ones, and no part of a longer fingerprint.',
  hits: ['00:1A:2B:3C:4D:5E', '00-1a-2b-3c-4d-5e', 'aa:bb:cc:dd:ee:ff', '001a.2b3c.4d5e'],
  misses: ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '00:1A:2B:3C:4D:5E:6F', '00:1A:2B:3C:4D', '10:20:30'],
}

const meansNobody = /^[0:.-]+$|^[f:.-]+$/i
const versionBefore =
  /(?:\b(?:v|ver|version|versions|release|build|rev|revision|firmware|section|chapter|rfc|oid)[\s.:#="']{0,4}|[A-Za-z]\/|[\^~]|>=\s?)$/i
/** Small numbers throughout: of the addresses of the internet one in two hundred. */
const looksLikeVersion = /^(?:1?\d|20)(?:\.\d\d?){3}$/
const versionMaxChars = 16

export const networkFinder: Finder = {
  rules: [ipRule, macRule],
  find(page, found) {
    const { text } = page
    // Squeezed, `5.0.0` is no longer what it was.
    if (page.view === 'squeezed') return
    if (text.includes('.')) {
      eachIpv4(page, found)
      eachDottedMac(page, found)
    }
    for (const sign of [':', '-']) eachPair(page, sign, found)
  },
}

const dottedMac = /^[\dA-Fa-f]{4}\.[\dA-Fa-f]{4}\.[\dA-Fa-f]{4}$/
const dottedMacChars = 14
const hasDigit = /\d/
const ipv6MaxChars = 45
const macChars = 17

/** Four numbers of up to three digits with dots, and no fifth. */
function eachIpv4(page: Page, found: Found): void {
  const { text, tokens } = page
  for (let i = 0; i + 3 < tokens.length; i += 1) {
    if (tokens.digits(i) > 3 || text.charCodeAt(tokens.end(i)) !== 0x2e) continue
    const start = tokens.start(i)
    const end = tokens.end(i + 3)
    if (end - start > 15 || !tokens.isPure(i) || !isApart(text, start, end, '.-+')) continue
    if (versionBefore.test(text.slice(Math.max(0, start - versionMaxChars), start))) continue
    tellIp(page, ipv4Kind(text.slice(start, end)), start, end, found)
  }
}

/** MAC and IPv6 addresses, from each sign that stands between hexadecimal digits; each is told at its first sign. */
function eachPair(page: Page, sign: string, found: Found): void {
  const { text } = page
  let from = 0
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, Math.max(at + 1, from))) {
    if (!isHex(text.charCodeAt(at - 1))) continue
    let start = at
    while (start > from && at - start < 5 && isHex(text.charCodeAt(start - 1))) start -= 1
    let end = at
    while (end < text.length && (isHex(text.charCodeAt(end)) || text.charAt(end) === sign)) end += 1
    from = end
    if (end - start > ipv6MaxChars || end - at < 3) continue
    if (text.charAt(end - 1) === sign && text.charAt(end - 2) !== sign) end -= 1
    const hit = text.slice(start, end)
    if (!isApart(text, start, end, sign)) continue
    if (hit.length === macChars && macPairs.test(hit)) {
      if (!meansNobody.test(hit)) found(macRule, { start, end })
    } else if (sign === ':') tellIp(page, ipv6Kind(hit), start, end, found)
  }
}

const macPairs = /^(?:[\dA-Fa-f]{2}[:-]){5}[\dA-Fa-f]{2}$/

function tellIp(page: Page, kind: IpKind, start: number, end: number, found: Found): void {
  const span = { start, end }
  if (kind === 'none') return
  const isPlain = kind === 'public' && !looksLikeVersion.test(page.text.slice(start, end))
  if (isPlain || page.isAbout('ip', span)) found(ipRule, span)
}

/** `001a.2b3c.4d5e`, told at its first dot. */
function eachDottedMac({ text }: Page, found: Found): void {
  for (let at = text.indexOf('.'); at >= 0; at = text.indexOf('.', at + 1)) {
    if (at < 4 || text.charCodeAt(at + 5) !== 0x2e) continue
    const start = at - 4
    const end = start + dottedMacChars
    const hit = text.slice(start, end)
    if (!dottedMac.test(hit) || !hasDigit.test(hit) || meansNobody.test(hit)) continue
    if (isApart(text, start, end, '.-')) found(macRule, { start, end })
  }
}

function isHex(unit: number): boolean {
  return isDigit(unit) || (unit >= 0x61 && unit <= 0x66) || (unit >= 0x41 && unit <= 0x46)
}

/** No letter, digit, or one of these signs with another digit after it, on either side. */
function isApart(text: string, start: number, end: number, signs: string): boolean {
  if (isTokenUnit(text.charCodeAt(start - 1)) || isTokenUnit(text.charCodeAt(end))) return false
  const goesOnBefore = signs.includes(text.charAt(start - 1)) && isTokenUnit(text.charCodeAt(start - 2))
  const goesOnAfter = signs.includes(text.charAt(end)) && isTokenUnit(text.charCodeAt(end + 1))
  return !(start > 0 && goesOnBefore) && !(end < text.length && goesOnAfter)
}
