/** `chimera audit`: what is on record, oldest first: holds, decisions, cancels, stale results. */
import { findNode, nodeOptions } from '../access.js'
import { timeOf } from '../columns.js'
import { command } from '../command.js'
import { withOperator } from '../connected.js'
import { json } from '../option.js'
import { eachListed, pagingOptions } from '../paging.js'
import { excerpt, jsonLine, note, print, printJson } from '../terminal.js'

export const audit = command({
  name: 'audit',
  about: 'Read the audit log, oldest first. For admins.',
  examples: ['chimera audit --limit 100000 --json > audit.ndjson'],
  options: { ...pagingOptions, ...nodeOptions, json },
  run: async ({ limit, cursor, json, ...node }) => {
    let count = 0
    await withOperator(await findNode(node, 'admin'), (operator) =>
      eachListed(
        { limit, cursor },
        async (paging) => {
          const { entries: items, ...rest } = await operator.audit(paging)
          return { items, ...rest }
        },
        (items) => {
          count += items.length
          for (const entry of items) {
            if (json) printJson(entry)
            else print(lineOf(entry))
          }
        },
      ),
    )
    if (count === 0) note('Nothing is on record yet.')
  },
})

/** What stands in columns; the rest of an entry follows as it is. */
function lineOf(entry: unknown): string {
  const {
    at,
    kind,
    by,
    task,
    review,
    id: _,
    shard: __,
    ...rest
  } = Object.assign(Object.create(null) as Partial<Record<string, unknown>>, entry)
  const about = [task === undefined ? [] : `task ${task}`, review === undefined ? [] : `card ${review}`]
    .flat()
    .join(', ')
  const more = Object.entries(rest).map(([name, value]) => `${name}=${jsonLine(value)}`)
  return `${timeOf(Number(at))}  ${kind} by ${by}: ${about}  ${excerpt(more.join(' '), 300)}`.trimEnd()
}
