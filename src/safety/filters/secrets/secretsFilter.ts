/**
 * Holds what lets somebody in: tokens of vendors, private keys, JSON Web Tokens, addresses with passwords, headers of
 * requests, values under the names of secrets, and what looks like one near a word for it.
 *
 * Most texts have nothing of it, which two looks at the text tell: for a run of characters that a token could be, and for
 * a part of a name for secrets. Of a piece that is a secret in several ways, the one that says most is told and speaks
 * for the others: where a policy switches off a vendor's rule, a key of that vendor passes under whatever name.
 */

import type { Rule } from '../../rule.js'
import type { Reading } from '../../views/reading.js'
import type { Span } from '../../views/view.js'
import type { TextFilter } from '../filter.js'
import { StartTable } from '../startTable.js'
import { assignmentRule, findAssignments, findNamedField } from './assignments.js'
import { authorizationRules, findAuthorization } from './authorization.js'
import { charSet } from './charSet.js'
import { commandRule, findCommandPasswords } from './commandLine.js'
import { entropyRule, findHighEntropy } from './entropy.js'
import { findJsonWebKeys, jsonWebKeyRule } from './jsonWebKeys.js'
import { findJsonWebTokens, jwtRule } from './jsonWebTokens.js'
import { findPrivateKeys, keyRules } from './privateKeys.js'
import type { SecretFound } from './secretSearch.js'
import { findTokens, tokenShapes } from './tokens.js'
import { addressRules, findUrlCredentials } from './urlCredentials.js'
import { findVendorField, findVendorKeys, vendorKeyRules } from './vendorKeys.js'

export const secretRules: readonly Rule[] = [
  ...keyRules,
  jsonWebKeyRule,
  ...tokenShapes.map(({ rule }) => rule),
  jwtRule,
  ...addressRules,
  ...authorizationRules,
  ...vendorKeyRules,
  assignmentRule,
  commandRule,
  entropyRule,
]

/** Shorter texts hold no secret that could be told from a word. */
const textLeast = 4

/** A part of each name that secrets have, of headers and of cookies. */
const nameParts = new StartTable(
  'pass pwd secret token key cred kennwort contrase mot auth basic bearer sess sid= logged_in'
    .split(' ')
    .map((text) => ({ text, item: text })),
)

/** The characters of tokens. Each has as many in a row as this, with its anchor. */
const unbroken = charSet('!#-&*+.-9:;=?-Z^_a-z|~-')
const tokenLeast = 16

/** Four times what a verdict lists. Where so many are found, a card shows nothing of the output. */
const toldMost = 256

export function secretsFilter(): TextFilter {
  return {
    kind: 'text',
    name: 'secrets',
    rules: secretRules,
    views: ['folded', 'lookalikes', 'squeezed'],
    look(reading, found) {
      if (reading.text.length >= textLeast) search(reading, found)
    },
  }
}

/** There are more than a verdict can tell: nothing that is still to come makes a difference. */
class Enough extends Error {
  override readonly name = 'Enough'
}

function search(reading: Reading, tell: SecretFound): void {
  const told: Span[] = []
  try {
    searchAll(reading, (rule, span) => {
      if (told.some(({ start, end }) => start < span.end && span.start < end)) return
      told.push(span)
      tell(rule, span)
      if (told.length >= toldMost) throw new Enough()
    })
  } catch (fault) {
    if (!(fault instanceof Enough)) throw fault
  }
}

function searchAll(reading: Reading, found: SecretFound): void {
  const { text } = reading
  const hasRun = unbroken.hasRun(text, tokenLeast)
  findPrivateKeys(text, found)
  if (hasRun) {
    findTokens(text, found)
    findJsonWebTokens(text, found)
    findJsonWebKeys(text, found)
    findVendorField(reading, found)
  }
  findUrlCredentials(text, found)
  findNamedField(reading, found)
  findCommandPasswords(text, found)
  if (!nameParts.isIn(text)) return
  findAuthorization(text, found)
  if (hasRun) findVendorKeys(text, found)
  findAssignments(text, found)
  if (hasRun) findHighEntropy(text, found)
}
