/** A value as JSON for a person: characters that could mislead are escaped, none is replaced. */
import { toJson } from '../../../src/protocol/json.js'
import { isUnseen } from './unseen.js'

/** JSON that says the same, in characters that are what they look like. */
export function rawJson(value: unknown): string {
  try {
    const text = JSON.stringify(toJson(value), null, 2)
    return text.replace(/[^\n\t\x20-\x7e]/gu, (character) => (isUnseen(character) ? escaped(character) : character))
  } catch (error) {
    return error instanceof Error ? `It has no JSON: ${error.message}` : 'It has no JSON.'
  }
}

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('')
