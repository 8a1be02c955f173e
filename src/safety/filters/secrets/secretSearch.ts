/** What the parts of the secrets filter tell each other: where a secret stands, and which rule found it. */

import type { Rule } from '../../rule.js'
import type { Span } from '../../views/view.js'

export type SecretFound = (rule: Rule, span: Span) => void
