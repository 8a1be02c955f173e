/** What the secrets filter finds in one text, as the gate would show it. */
import { secretsFilter } from '../../../src/safety/filters/secrets/secretsFilter.js'
import { FoldedText } from '../../../src/safety/views/folded.js'

export type Seen = { readonly rule: string; readonly text: string }

const filter = secretsFilter()

export function lookAt(original: string, label = '', inKey = false): readonly Seen[] {
  const seen: Seen[] = []
  const { text } = new FoldedText(original)
  filter.look({ view: 'folded', text, inKey, label: () => label }, ({ id }, { start, end }) => {
    seen.push({ rule: id, text: text.slice(start, end) })
  })
  return seen
}

export const rulesIn = (text: string, label = ''): readonly string[] => lookAt(text, label).map(({ rule }) => rule)
