/**
 * Holds what asks for something that can't be taken back: deleting all, switching off what protects, giving rights
 * away, moving money and data out, and the commands that do so.
 *
 * A table finds where a phrase could start; only there are the phrases tried that start so. What was done and
 * is only told of (`all users were deleted`) passes: holding it would undo nothing.
 */

import type { Rule } from '../../rule.js'
import type { TextFilter } from '../filter.js'
import { StartTable, writingsAsLetters } from '../startTable.js'
import { isWordEdge } from '../wordEdges.js'
import { cloudActions } from './clouds.js'
import { deletions } from './deletion.js'
import { foreignDeletions } from './foreignDeletion.js'
import { foreignProtectionActions } from './foreignProtection.js'
import { injectionActions } from './injection.js'
import { machineActions } from './machines.js'
import type { Action } from './phrasing.js'
import { privilegeActions } from './privileges.js'
import { protectionActions } from './protection.js'
import { shellActions } from './shell.js'
import { toolActions } from './toolCalls.js'
import { transferActions } from './transfers.js'

const actions: readonly Action[] = [
  ...deletions,
  ...foreignDeletions,
  ...machineActions,
  ...shellActions,
  ...protectionActions,
  ...foreignProtectionActions,
  ...injectionActions,
  ...privilegeActions,
  ...transferActions,
  ...cloudActions,
  ...toolActions,
]

type Family = { readonly rule: Rule; readonly starts: readonly string[]; readonly phrases: RegExp }

const families: readonly Family[] = actions.map(({ starts, phrases, ...told }) => ({
  rule: { ...told, reason: 'SENSITIVE_KEYWORD' },
  starts,
  phrases: new RegExp(phrases.join('|'), 'iy'),
}))

const starts = families.flatMap((family) => family.starts.map((text) => ({ text, item: family })))
const table = new StartTable(starts)
const tableOfLetters = new StartTable(starts, writingsAsLetters)

export const actionRules: readonly Rule[] = families.map(({ rule }) => rule)

export const actionFilter: TextFilter = {
  kind: 'text',
  name: 'actions',
  rules: actionRules,
  views: ['folded', 'lookalikes', 'letters', 'squeezed'],
  look({ text, view }, found) {
    const startsIn = view === 'letters' ? tableOfLetters : table
    startsIn.find(text, ({ rule, phrases }, start) => {
      if (!isWordEdge(text, start)) return
      phrases.lastIndex = start
      if (phrases.test(text)) found(rule, { start, end: phrases.lastIndex })
    })
  },
}
