/**
 * Holds personal data: numbers of people and accounts, addresses of people and of their machines, dates of birth.
 *
 * Most texts have neither a digit nor an @, and cost one look. In the others one pass finds what has digits; where
 * words near by must say what a number is, they are looked for at once, when the first number asks.
 */

import type { Rule } from '../../rule.js'
import type { TextFilter } from '../filter.js'
import { accountShapes } from './bankAccount.js'
import { birthDateFinder } from './birthDate.js'
import { cardShape } from './cards.js'
import { documentFinder, documentShapes } from './documents.js'
import { emailFinder } from './email.js'
import type { Finder } from './finder.js'
import { ibanFinder } from './iban.js'
import { letteredFinder } from './lettered.js'
import { networkFinder } from './network.js'
import { numberFinder } from './numberShape.js'
import { Page } from './page.js'
import { phoneFinder } from './phone.js'
import { addressFinder } from './postalAddress.js'
import { registerShapes } from './registers.js'
import { itinShape, ssnShape } from './unitedStates.js'

const probe = /[\d@]/
/** A MAC address may have no digit. */
const lettersOfMac = /(?:[A-Fa-f]{2}:){5}[A-Fa-f]{2}/

const finders: readonly Finder[] = [
  numberFinder([cardShape, ssnShape, itinShape, ...registerShapes, ...accountShapes, ...documentShapes]),
  ibanFinder,
  letteredFinder,
  documentFinder,
  emailFinder,
  phoneFinder,
  networkFinder,
  addressFinder,
  birthDateFinder,
]

export const piiRules: readonly Rule[] = finders.flatMap(({ rules }) => rules)

export function piiFilter(): TextFilter {
  return {
    kind: 'text',
    name: 'pii',
    rules: piiRules,
    views: ['folded', 'lookalikes', 'digits', 'squeezed'],
    look(reading, found) {
      const { text } = reading
      if (!probe.test(text) && !(text.includes(':') && lettersOfMac.test(text))) return
      const page = new Page(reading)
      for (const finder of finders) finder.find(page, found)
    },
  }
}
