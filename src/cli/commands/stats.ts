/** `chimera stats`: cards that wait, decisions of today, agents and tasks, counted. */
import { findNode, nodeOptions } from '../access.js'
import { columns } from '../columns.js'
import { command } from '../command.js'
import { withOperator } from '../connected.js'
import { json } from '../option.js'
import { printAs } from '../terminal.js'

export const stats = command({
  name: 'stats',
  about: 'Count cards by severity, reason and age, decisions of today, agents and tasks by status.',
  options: { ...nodeOptions, json },
  run: async ({ json, ...node }) => {
    const counts = await withOperator(await findNode(node, 'admin'), (operator) => operator.stats())
    printAs(json, counts, () => columns(rowsOf(counts, [])).join('\n'))
  },
})

/** `cards byReason PII` and its number. */
function rowsOf(counts: Readonly<Record<string, unknown>>, path: readonly string[]): readonly (readonly string[])[] {
  return Object.entries(counts).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? rowsOf({ ...value }, [...path, name])
      : [[[...path, name].join(' '), String(value)]],
  )
}
