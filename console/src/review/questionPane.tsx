/** An agent asks before it acts: what for, how long it has waited, and what comes of each answer. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { Ago, When } from '../moment.js'
import { PlainText } from '../output/plainText.js'

export function QuestionPane({ card }: { readonly card: ReviewCard }) {
  return (
    <section class="question" aria-labelledby="question-title">
      <h3 id="question-title">
        {card.status === 'PENDING' ? 'The agent asks before it acts' : 'The agent asked before it acted'}
      </h3>
      {card.summary === undefined ? (
        <p class="quiet">It doesn’t say what for. What it wants to do stands below.</p>
      ) : (
        <blockquote>
          <PlainText text={card.summary} />
        </blockquote>
      )}
      {card.status === 'PENDING' ? <Prospects card={card} /> : <Answered card={card} />}
    </section>
  )
}

function Prospects({ card: { agentId, createdAt, deadline } }: { readonly card: ReviewCard }) {
  return (
    <>
      <p>
        <PlainText text={agentId} /> has waited for <Ago at={createdAt} />, in the middle of its task. The task’s own
        time stands still.
      </p>
      <dl class="prospects">
        <div>
          <dt>Approve</dt>
          <dd>It goes on, and does it: as it stands below, or as you edit it.</dd>
        </div>
        <div>
          <dt>Reject</dt>
          <dd>It is told your reason, and goes on without it. The task doesn’t end.</dd>
        </div>
        <div>
          <dt>No answer</dt>
          <dd>
            {deadline === undefined ? (
              'It waits on.'
            ) : (
              <>
                At <When at={deadline} /> UTC it is told that nobody decided. That allows nothing.
              </>
            )}
          </dd>
        </div>
      </dl>
    </>
  )
}

const endWords: Readonly<Record<string, string>> = {
  APPROVED: 'It was told to go on.',
  REJECTED: 'It was told not to, and why.',
  EXPIRED: 'Nobody decided in time: it was told so, and may not.',
  WITHDRAWN: 'Its attempt ended before anybody decided: it may not.',
}

function Answered({ card: { status, edited } }: { readonly card: ReviewCard }) {
  return (
    <p>{status === 'APPROVED' && edited !== undefined ? 'It was told to do what was edited.' : endWords[status]}</p>
  )
}
