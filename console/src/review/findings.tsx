/** Every place that made the gate hold it, by the number that it has in the output. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { PlainText } from '../output/plainText.js'
import { reasonWords } from './words.js'

const shownFindings = 50

export function Findings({ card: { findings } }: { readonly card: ReviewCard }) {
  if (findings.length === 0) return null
  return (
    <section class="findings" aria-labelledby="findings-title">
      <h3 id="findings-title">{findings.length === 1 ? '1 finding' : `${findings.length} findings`}</h3>
      <ol>
        {findings.slice(0, shownFindings).map(({ reason, rule, path, excerpt, view, inKey }, at) => (
          <li key={at} data-reason={reason}>
            <span class="finding-reason">{reasonWords[reason] ?? reason}</span>
            <code>{rule}</code>
            <span class="where">
              {inKey === true && 'key of '}
              <PlainText text={path === '' ? 'whole output' : path} />
            </span>
            {view !== undefined && <span class="quiet">read as {view}</span>}
            <q>
              <PlainText text={excerpt.replace(/\s+/g, ' ')} />
            </q>
          </li>
        ))}
      </ol>
      {findings.length > shownFindings && (
        <p class="quiet">and {findings.length - shownFindings} more, marked in the output</p>
      )}
    </section>
  )
}
