/**
 * Postal addresses: a street with a house number, and beside it a postcode with its town or a word such as "address".
 * Streets are told by what they are called in English, German, French, Spanish, Italian, Portuguese and Dutch.
 */

import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'
import type { Finder } from './finder.js'
import type { Page } from './page.js'

export const addressRule: Rule = {
  id: 'pii.postal-address',
  reason: 'PII',
  severity: 'normal',
  summary: 'it holds a postal address',
  finds:
    'A house number and a street ("12 Main Street", "Hauptstr. 5", "12 rue de la Paix", "Calle Mayor 5"), with a postcode and town after it, or with words such as "address", "lives at" or "Anschrift" near by; a PO box likewise; a British postcode near such words.',
  hits: [
    '12 Main Street, Springfield, IL 62704',
    'ship to 1600 Pennsylvania Avenue NW',
    '10 Downing Street, London SW1A 2AA',
    'Hauptstraße 12, 10115 Berlin',
    '12 rue de la Paix, 75002 Paris',
    'Calle Mayor 5, 28013 Madrid',
    'domicilio: Via Roma 10',
    'postcode SW1A 2AA',
    'PO Box 1234, Austin, TX 78701',
    'Anschrift: Postfach 1234',
  ],
  misses: [
    '10 Downing Street',
    '2 way street',
    'Hauptstraße 12',
    'SW1A 2AA',
    'the address of 12 main functions',
    'our address, or via fax 24 hours',
    'PO Box 1234',
    'address: a 1GB Jaz drive',
  ],
}

const english =
  /^(?:st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|pl|place|way|ter|terrace|sq|square|pkwy|parkway|hwy|highway|close|crescent|gardens|grove|row|mews|circle|cir|trail|alley)$/i
const word = /[A-Za-z][\w'.]{0,24}/y
const wordsMax = 5
const french =
  /^[A-Za-z]?(?: bis| ter)?,? {0,2}(?:rue|av|avenue|bd|boulevard|place|allee|chemin|impasse|quai|cours|route|square)\b/i
const joinedStreet =
  /[A-Za-z](?:strasse|str\.?|weg|platz|allee|gasse|damm|ufer|ring|straat|laan|plein|gracht)[\s,]{1,3}$/
const namedStreet =
  /\b(?:calle|avenida|avda|plaza|paseo|via|viale|piazza|corso|largo|vicolo|rua|travessa|praca)\b\.?\s(?:[a-z]{1,5}\s){0,3}(?=[A-Z])/
const capitalised = /\b(?:Calle|Avenida|Avda|Plaza|Paseo|Via|Viale|Piazza|Corso|Largo|Vicolo|Rua|Travessa|Praca)\b/
/** Asked of the whole text, before any of its numbers. */
const streetWord =
  /\b(?:S(?:t|q)\b|Street|Ave|Av\b|R(?:oad|d|ow)\b|B(?:oule)?vd|Boulevard|Blvd|bd\b|L(?:ane|n)\b|Dr(?:ive)?\b|C(?:our)?t\b|Pl(?:ace)?\b|Way\b|Ter(?:race)?\b|Square|P(?:ar)?kwa?y|Hi?g?hwa?y|Close|Crescent|Gardens|Grove|Mews|Cir(?:cle)?\b|Trail|Alley|rue|avenue|boulevard|place|allee|chemin|impasse|quai|cours|route|square|av\b|calle|avda|avenida|plaza|paseo|via|viale|piazza|corso|largo|vicolo|rua|travessa|praca)|(?:strasse|str\.|str|weg|platz|allee|gasse|damm|ufer|ring|straat|laan|plein|gracht)[\s,]{1,3}\d|O\.? ?Box \d|Postfach \d|Apartado \d/i
const box = /\b(?:P\.? ?O\.? ?Box|Postfach|Apartado) {1,2}$/i
const streetBeforeMaxChars = 52
const postcodeAfter =
  /(?:\b[A-Z]{2}\s{1,2}\d{5}(?:-\d{4})?|\b[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[A-Z]{2}|[\s,](?:[A-Z]{1,2}-)?\d{4,5}\s{1,2}(?:[A-Z]{2}\s)?[A-Z][a-z]{2,})/
const postcodeAfterMaxChars = 70
const britishPostcode = /^(?:GIR|[A-PR-UWYZ](?:\d|[A-HK-Y]))[\dA-Z]{0,2}\s\d[ABD-HJLNP-UW-Z]{2}$/i

export const addressFinder: Finder = {
  rules: [addressRule],
  find(page, found) {
    const { text, tokens } = page
    const hasStreet = streetWord.test(text)
    for (let i = 0; i < tokens.length; i += 1) {
      const street = hasStreet ? streetAt(page, i) : undefined
      if (street !== undefined && isPostal(page, street)) found(addressRule, street)
      const postcode = postcodeAt(page, i)
      if (postcode !== undefined && page.isAbout('address', postcode)) found(addressRule, postcode)
    }

    function isPostal({ text }: Page, street: Span): boolean {
      return (
        postcodeAfter.test(text.slice(street.end, street.end + postcodeAfterMaxChars)) ||
        page.isAbout('address', street)
      )
    }

    function postcodeAt(_: Page, i: number): Span | undefined {
      if (!tokens.isJoined(i) || tokens.end(i) - tokens.start(i) !== 3) return undefined
      const span = { start: tokens.start(i - 1), end: tokens.end(i) }
      return britishPostcode.test(text.slice(span.start, span.end)) ? span : undefined
    }
  },
}

/** A house number and its street, on whichever side it stands. */
function streetAt(page: Page, i: number): Span | undefined {
  const { text, tokens } = page
  const start = tokens.start(i)
  if (!tokens.beginsWithDigit(i) || tokens.digitEnd(i) - start > 6 || tokens.end(i) - tokens.digitEnd(i) > 1)
    return undefined
  const before = text.slice(Math.max(0, start - streetBeforeMaxChars), start)
  const street = joinedStreet.exec(before)?.index ?? box.exec(before)?.index ?? namedStreetIn(before)
  if (street !== undefined) return { start: start - before.length + street, end: tokens.end(i) }
  const end = tokens.digitEnd(i)
  if (french.test(text.slice(end, end + 24))) return { start, end: endOfWords(text, end, 3) }
  return englishStreet(text, start, tokens.end(i))
}

/** `Calle Mayor`, `via del Corso`: what it is called, and from there to the end neither digits nor another line. */
function namedStreetIn(before: string): number | undefined {
  const street = namedStreet.exec(before.replace(capitalised, (word) => word.toLowerCase()))
  if (street === null || /[\d\n]/.test(before.slice(street.index))) return undefined
  return street.index
}

function englishStreet(text: string, start: number, from: number): Span | undefined {
  let at = from
  for (let words = 0; words < wordsMax; words += 1) {
    if (text.charAt(at) === ',') at += 1
    const gap = text.charAt(at)
    if (gap !== ' ') return undefined
    at += 1
    word.lastIndex = at
    const found = word.exec(text)?.[0]
    if (found === undefined) return undefined
    at += found.length
    // The name of a street has a capital or a number; `2 way street` has none.
    if (!/^[A-Z]/.test(found)) return undefined
    if (words > 0 && english.test(found.replace(/\.$/, ''))) return { start, end: at }
  }
  return undefined
}

function endOfWords(text: string, from: number, words: number): number {
  let at = from
  for (let i = 0; i < words; i += 1) {
    if (text.charAt(at) !== ' ') break
    word.lastIndex = at + 1
    const found = word.exec(text)?.[0]
    if (found === undefined) break
    at += 1 + found.length
  }
  return at
}
