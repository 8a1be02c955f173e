/** The words and phrases that are held under every policy. */

/** A word or phrase to hold, in any writing: case, joins, gaps and invisible characters make no difference. */
export type Keyword = {
  readonly phrase: string
  /** `anywhere`: also within a longer word (`passwords`). `word`: as a word of its own (`userSSN`, not `classname`). */
  readonly match: 'anywhere' | 'word'
}

export const seedKeywords: readonly Keyword[] = [
  { phrase: 'password', match: 'anywhere' },
  { phrase: 'secret key', match: 'anywhere' },
  { phrase: 'delete all', match: 'anywhere' },
  { phrase: 'override security', match: 'anywhere' },
  { phrase: 'override security settings', match: 'anywhere' },
  { phrase: 'PII', match: 'word' },
  { phrase: 'SSN', match: 'word' },
]
