/** What can be done about the card, and why not now. */
import type { ReviewCard } from '../../../src/protocol/records.js'
import type { Form } from '../room.js'
import { bulk, claim, desk, form, station } from '../room.js'
import { approve, beginEdit, reject } from './actions.js'
import { ApproveForm } from './approveForm.js'
import { AssignForm } from './assignForm.js'
import { EditForm } from './editForm.js'
import { RejectForm } from './rejectForm.js'

export function VerdictBar({ card }: { readonly card: ReviewCard }) {
  const blocked = desk.blocked.value
  const open = form.value
  return (
    <section class="verdict" aria-label="Decision">
      {open === 'approve' && <ApproveForm key={card.reviewId} card={card} />}
      {open === 'reject' && <RejectForm key={card.reviewId} card={card} />}
      {open === 'edit' && <EditForm key={card.reviewId} card={card} />}
      {open === 'assign' && <AssignForm key={card.reviewId} />}
      <Standing blocked={blocked} />
      {!forms.includes(open) && <Buttons card={card} isOff={blocked !== undefined} />}
    </section>
  )
}

/** Of this card alone. */
const forms: readonly Form[] = ['approve', 'reject', 'edit', 'assign']

function Standing({ blocked }: { readonly blocked: string | undefined }) {
  const step = desk.step.value
  const isWaiting = step.kind === 'sending' && !station.isOpen.value
  return (
    <p class="blocked" role="status">
      {isWaiting ? `${step.what}: the connection is lost. It is sent again until it is answered.` : blocked}
      {blocked === undefined && desk.hasApproved.value && 'You have approved it. Another person has to, too.'}
      {blocked === undefined && bulk.isPicking && 'Cards are picked in the list: a and r are about those.'}
      {step.kind === 'behind' && (
        <button type="button" onClick={() => desk.catchUp()}>
          I have read it as it stands now
        </button>
      )}
    </p>
  )
}

function Buttons({ card, isOff }: { readonly card: ReviewCard; readonly isOff: boolean }) {
  if (card.status !== 'PENDING') return null
  const holder = desk.holder.value
  const isMine = desk.claimant.value !== undefined && desk.claimant.value === desk.me
  const isOthers = holder !== undefined && holder !== desk.me
  const { lacks } = desk
  return (
    <div class="buttons">
      <button
        type="button"
        class="approve"
        aria-keyshortcuts="a"
        aria-disabled={isOff || desk.hasApproved.value || bulk.isPicking}
        onClick={() => {
          if (!bulk.isPicking) approve()
        }}
      >
        Approve <kbd>a</kbd>
      </button>
      <button
        type="button"
        class="reject"
        aria-keyshortcuts="r"
        aria-disabled={isOff || bulk.isPicking}
        onClick={() => {
          if (!bulk.isPicking) reject()
        }}
      >
        Reject <kbd>r</kbd>
      </button>
      <button type="button" aria-keyshortcuts="e" aria-disabled={isOff} onClick={() => beginEdit()}>
        Edit <kbd>e</kbd>
      </button>
      {!lacks.value.has('claim') && (
        <button
          type="button"
          aria-keyshortcuts="c"
          aria-disabled={!station.isOpen.value || (isOthers && !desk.isAdmin)}
          onClick={() => void claim.toggle()}
        >
          {isMine ? 'Release' : isOthers && desk.isAdmin ? 'Take over' : 'Claim'} <kbd>c</kbd>
        </button>
      )}
      {!lacks.value.has('assign') && (
        <button
          type="button"
          aria-disabled={!station.isOpen.value}
          onClick={() => {
            form.value = 'assign'
          }}
        >
          Hand over
        </button>
      )}
    </div>
  )
}
