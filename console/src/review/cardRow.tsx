/** One card in the list. */
import { Ago, Countdown } from '../moment.js'
import { PlainText } from '../output/plainText.js'
import { station } from '../room.js'
import { tick } from '../tick.js'
import { whyNotPicked } from './bulk.js'
import type { Row } from './row.js'
import { reasonWords } from './words.js'

type Props = {
  readonly row: Row
  readonly isOpen: boolean
  readonly isPicked: boolean
  readonly top: number
  readonly position: number
  readonly size: number
  readonly onChoose: (isRange: boolean) => void
  readonly onPick: (isRange: boolean) => void
}

const soonMs = 3_600_000

export function CardRow({ row, isOpen, isPicked, top, position, size, onChoose, onPick }: Props) {
  const whyNot = whyNotPicked(row)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box has the focus and the keys
    <div
      id={`card-${row.reviewId}`}
      class={`row ${row.severity}${row.hasLeft ? ' left' : ''}${isPicked ? ' picked' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={isOpen}
      {...(whyNot === undefined ? { 'aria-checked': isPicked } : {})}
      aria-posinset={position}
      aria-setsize={size}
      style={{ transform: `translateY(${top}px)` }}
      onClick={({ shiftKey, target }) =>
        target instanceof Element && target.closest('.pick') !== null ? onPick(shiftKey) : onChoose(shiftKey)
      }
    >
      <span
        class={`pick${whyNot === undefined ? '' : ' off'}`}
        aria-hidden="true"
        title={whyNot ?? 'Pick it, to be decided with others'}
      />
      <span class="row-head">
        <span class={`severity ${row.severity}`}>{row.severity}</span>
        {row.kind === 'action' && <span class="asks">asks</span>}
        <span class="reason">{reasonWords[row.reason] ?? row.reason}</span>
        <Standing row={row} />
      </span>
      <span class="row-excerpt">
        <PlainText text={row.excerpt || row.details} />
      </span>
      <span class="row-foot">
        <span class="queue">{row.queue}</span>
        <span class="agent">
          <PlainText text={row.agentId} />
        </span>
        <span>{row.confidence.toFixed(2)}</span>
        {row.approvalsRequired !== undefined && (
          <span>
            {row.approvals.length}/{row.approvalsRequired} approvals
          </span>
        )}
        {row.status === 'PENDING' && row.deadline !== undefined && row.deadline - station.now() < soonMs ? (
          <span>
            due <Countdown until={row.deadline} over="now" />
          </span>
        ) : (
          <Ago at={row.resolvedAt ?? row.createdAt} />
        )}
      </span>
    </div>
  )
}

function Standing({ row }: { readonly row: Row }) {
  tick.value
  const { status, operatorId, claimedBy, claimedUntil = Number.POSITIVE_INFINITY, assignedTo } = row
  const me = station.who.value?.sub
  if (status !== 'PENDING')
    return (
      <span class={`standing ${status.toLowerCase()}`}>
        {status.toLowerCase()}
        {row.hasLeft && operatorId !== undefined && operatorId !== me && (
          <>
            {' by '}
            <PlainText text={operatorId} />
          </>
        )}
      </span>
    )
  if (claimedBy !== undefined && claimedUntil > station.now())
    return <span class="standing claimed">{claimedBy === me ? 'yours' : <PlainText text={claimedBy} />}</span>
  if (assignedTo !== undefined)
    return <span class="standing">for {assignedTo === me ? 'you' : <PlainText text={assignedTo} />}</span>
  return null
}
