/** Finds personal data of one family or country. */

import type { Rule } from '../../rule.js'
import type { Found } from '../filter.js'
import type { Page } from './page.js'

export type Finder = {
  readonly rules: readonly Rule[]
  find(page: Page, found: Found): void
}
