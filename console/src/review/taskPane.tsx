/** What the agent was asked. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { noMarks } from '../output/marks.js'
import { OutputTree } from '../output/outputTree.js'
import { desk } from '../room.js'

export function TaskPane({ card }: { readonly card: ReviewCard }) {
  const revealed = desk.revealed.value
  return (
    <section class="task" aria-labelledby="task-title">
      <div class="pane-head">
        <h3 id="task-title">Task</h3>
        <span class="quiet">
          step {card.step} in {card.queue}, attempt {card.attempt}
        </span>
      </div>
      <OutputTree value={revealed === undefined ? card.payload : revealed.payload} marks={noMarks} />
    </section>
  )
}
