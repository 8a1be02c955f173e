/** What it is about: severity, reason, where it stands, and the time that is left. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import { Ago, Countdown } from '../moment.js'
import { PlainText } from '../output/plainText.js'
import { inSight } from '../output/unseen.js'
import { desk } from '../room.js'
import { kindWords, reasonWords } from './words.js'

export function CardHead({ card }: { readonly card: ReviewCard }) {
  return (
    <header class="card-head">
      <div class="card-line">
        <span class={`severity ${card.severity}`}>{card.severity}</span>
        <h2 id="card-title">{reasonWords[card.reason] ?? card.reason}</h2>
        <span class={`status ${card.status.toLowerCase()}`}>{card.status}</span>
      </div>
      <p class="details">
        <PlainText text={card.details} />
      </p>
      <ul class="card-facts">
        <li>{kindWords[card.kind] ?? card.kind}</li>
        <li>
          waiting <Ago at={card.createdAt} />
        </li>
        <li>
          confidence <strong>{card.confidence.toFixed(2)}</strong>
        </li>
        {card.deadline !== undefined && card.status === 'PENDING' && (
          <li>
            deadline in <Countdown until={card.deadline} over="a moment: it is over" />
          </li>
        )}
        {card.escalatedAt !== undefined && card.status === 'PENDING' && <li class="countdown near">escalated</li>}
        <Claim card={card} />
        {card.assignedTo !== undefined && (
          <li>assigned to {card.assignedTo === desk.me ? 'you' : inSight(card.assignedTo)}</li>
        )}
        <Approvals card={card} />
      </ul>
      {card.note !== undefined && (
        <p class="note">
          Note: <PlainText text={card.note} />
        </p>
      )}
    </header>
  )
}

function Claim({ card }: { readonly card: ReviewCard }) {
  const holder = desk.claimant.value
  if (holder === undefined || card.status !== 'PENDING') return null
  return (
    <li class="claim">
      {holder === desk.me ? 'yours' : `claimed by ${inSight(holder)}`}
      {card.claimedUntil !== undefined && (
        <>
          {' for '}
          <Countdown until={card.claimedUntil} over="no longer" />
        </>
      )}
    </li>
  )
}

function Approvals({ card }: { readonly card: ReviewCard }) {
  if (card.approvalsRequired === undefined) return null
  const by = card.approvals.map(({ operatorId }) => (operatorId === desk.me ? 'you' : inSight(operatorId))).join(', ')
  return (
    <li>
      approvals {card.approvals.length} of {card.approvalsRequired}
      {by !== '' && ` (${by})`}
    </li>
  )
}
