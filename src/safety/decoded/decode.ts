/**
 * The texts that a text holds encoded. Each decoder is asked only where the text has what it could read; what it reads
 * may hold further ones.
 */

import type { Traits } from '../views/traits.js'
import type { DecodedText } from './decoded.js'
import { readEncodedWords } from './encodedWords.js'
import { readEscapes, readQuotedPrintable } from './escapes.js'
import { readHexGroups } from './hexGroups.js'
import { readJson } from './json.js'

export type Decoder = (text: string, traits: Traits) => readonly DecodedText[]

export const decoders: readonly Decoder[] = [
  (text, { escaped }) => (escaped ? readEscapes(text) : []),
  (text, { escaped }) => (escaped && text.includes('=') ? readQuotedPrintable(text) : []),
  (text, { encoded }) => (encoded ? readEncodedWords(text) : []),
  (text, { paired }) => (paired ? readHexGroups(text) : []),
  (text, { nested }) => (nested ? readJson(text) : []),
]
