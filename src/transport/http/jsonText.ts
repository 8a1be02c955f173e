/** Answers as JSON text: the envelope as it is, free values by the protocol's rules for them. */
import { toJson } from '../../protocol/json.js'
import { Raw } from '../../protocol/raw.js'

export function jsonText(value: unknown): string {
  return JSON.stringify(said(value))
}

function said(value: unknown): unknown {
  if (value instanceof Raw) return toJson(value.value())
  if (Array.isArray(value)) return value.map(said)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, said(field)]))
}
