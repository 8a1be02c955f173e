/** The catalogue's words as people read them. */
import type { CardReason } from '../../../src/protocol/records.js'

export const reasonWords: Readonly<Partial<Record<CardReason, string>>> = {
  GATE_ERROR: 'Gate failed',
  SECRET: 'Secret',
  SENSITIVE_KEYWORD: 'Sensitive word',
  PII: 'Personal data',
  SCHEMA: 'Not as agreed',
  POLICY: 'Policy',
  LOW_CONFIDENCE: 'Low confidence',
}

export const kindWords = {
  result: 'Result of an agent',
  action: 'Action that an agent wants to take',
  text: 'What an agent said beside its result',
} as const

/** For rejections: a code that the agent's next attempt can act on. */
export const rejectionCodes = [
  ['WRONG', 'Wrong or made up'],
  ['UNSAFE', 'Unsafe or not allowed'],
  ['PRIVATE', 'Shows private data'],
  ['INCOMPLETE', 'Incomplete'],
  ['FORM', 'Wrong form'],
  ['OTHER', 'Something else'],
] as const
