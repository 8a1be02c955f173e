/** By what the gate judges just now. */

import { When } from '../moment.js'
import { noMarks } from '../output/marks.js'
import { OutputTree } from '../output/outputTree.js'
import { station } from '../room.js'
import { useAnswer } from './asking.js'

export function PolicyView() {
  const { answer, why } = useAnswer(() => station.ask({ type: 'policy' }), [], 10_000)
  return (
    <div class="view">
      {why !== undefined && <p class="complaint">{why}</p>}
      {answer !== undefined && (
        <section class="policy" aria-labelledby="policy-title">
          <h2 id="policy-title">In force</h2>
          <p>
            Version <code>{String(answer.version)}</code>
            {typeof answer.by === 'string' && <>, by {answer.by}</>}
            {typeof answer.at === 'number' && (
              <>
                , since <When at={answer.at} /> UTC
              </>
            )}
          </p>
          {typeof answer.policy === 'object' && answer.policy !== null && Object.keys(answer.policy).length === 0 ? (
            <p class="quiet">Nothing of its own was set: the built-in rules and defaults hold.</p>
          ) : (
            <OutputTree value={answer.policy} marks={noMarks} />
          )}
        </section>
      )}
    </div>
  )
}
