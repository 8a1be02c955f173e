/** What was done, by whom, in order. For admins. */
import { When } from '../moment.js'
import { PlainText } from '../output/plainText.js'
import { station } from '../room.js'
import { Paged, usePages } from './paged.js'
import { Table } from './table.js'

const heads = ['When, UTC', 'What', 'Who', 'Task', 'Card', 'Details']

type Entry = {
  readonly at: number
  readonly kind: string
  readonly by: string
  readonly task?: string
  readonly review?: string
  readonly [detail: string]: unknown
}

const pageSize = 200

/** On one line, without what has its own column. */
function detailsOf({
  at: _,
  kind: __,
  by: ___,
  task: ____,
  review: _____,
  shard: ______,
  id: _______,
  ...details
}: Entry): string {
  const words = Object.entries(details).map(([name, detail]) => `${name} ${wordsOf(detail)}`)
  return words.join(' · ')
}

/** A hash is known by its beginning; the export has all of it. */
const shortened = (text: string): string => (/^[0-9a-f]{40,}$/.test(text) ? `${text.slice(0, 12)}…` : text)

const wordsOf = (detail: unknown): string =>
  Array.isArray(detail)
    ? detail.map(wordsOf).join(', ')
    : typeof detail === 'object'
      ? JSON.stringify(detail)
      : shortened(String(detail))

export function AuditView() {
  const ask = (cursor: string | undefined) => station.ask({ type: 'audit', limit: pageSize, cursor })
  const { items, cursor, why, isReading, more } = usePages<Entry>(ask, 'entries', '')
  return (
    <div class="view">
      <Paged
        why={why}
        isReading={isReading}
        isEmpty={items.length === 0}
        more={cursor === undefined ? undefined : more}
      >
        {items.length > 0 && (
          <Table label="Audit log, oldest first" heads={heads}>
            {items.map((entry) => (
              <tr key={`${entry.shard} ${entry.id}`}>
                <td class="number">
                  <When at={entry.at} />
                </td>
                <td>{entry.kind}</td>
                <td>
                  <PlainText text={entry.by} />
                </td>
                <td>
                  <code>{entry.task ?? ''}</code>
                </td>
                <td>
                  <code>{entry.review ?? ''}</code>
                </td>
                <td class="wide">
                  <PlainText text={detailsOf(entry)} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Paged>
    </div>
  )
}
