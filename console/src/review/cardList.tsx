/**
 * The list, as many rows of it as are in sight. The row at the top of the window stays where it is whatever comes and
 * goes above it; what came above is told beside.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { bulk, desk, feed, focusList, listFocus, select } from '../room.js'
import { CardRow } from './cardRow.js'

const rowHeight = 68
const spare = 6
const nearEnd = 40

export function CardList() {
  const box = useRef<HTMLDivElement>(null)
  const anchor = useRef<{ readonly review: string; readonly offset: number } | undefined>(undefined)
  const [seen, setSeen] = useState({ top: 0, height: 800 })
  const rows = feed.rows.value
  const open = desk.review.value
  const picks = bulk.picks.value
  const openAt = rows.findIndex(({ reviewId }) => reviewId === open)

  const look = () => {
    const { current } = box
    if (current === null) return
    const first = feed.rows.value[Math.floor(current.scrollTop / rowHeight)]
    anchor.current = first && { review: first.reviewId, offset: current.scrollTop % rowHeight }
    setSeen({ top: current.scrollTop, height: current.clientHeight })
  }

  useLayoutEffect(() => {
    const { current } = box
    const kept = anchor.current
    const at = kept === undefined ? -1 : rows.findIndex(({ reviewId }) => reviewId === kept.review)
    if (current !== null && kept !== undefined && at >= 0) current.scrollTop = at * rowHeight + kept.offset
    look()
  }, [rows])

  // Before the next key is heard: what is pressed quickly must not go astray.
  useLayoutEffect(() => {
    if (listFocus.value > 0) box.current?.focus()
  }, [listFocus.value])

  // The open card is kept in sight when the keyboard moves to it.
  useLayoutEffect(() => {
    const { current } = box
    if (current === null || openAt < 0) return
    const top = openAt * rowHeight
    if (top < current.scrollTop) current.scrollTop = top
    else if (top + rowHeight > current.scrollTop + current.clientHeight)
      current.scrollTop = top + rowHeight - current.clientHeight
    look()
  }, [open])

  const from = Math.max(0, Math.floor(seen.top / rowHeight) - spare)
  const to = Math.min(rows.length, Math.ceil((seen.top + seen.height) / rowHeight) + spare)
  useEffect(() => {
    if (to > rows.length - nearEnd && !feed.isWhole) void feed.more()
  }, [to, rows.length])

  const inSight = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
  // What has the focus must be there, also out of sight.
  const drawn = openAt < 0 || (openAt >= from && openAt < to) ? inSight : [...inSight, openAt]
  const above = Math.floor(seen.top / rowHeight)
  return (
    <div class="list-frame">
      <div
        ref={box}
        class="list"
        role="listbox"
        tabIndex={0}
        aria-label="Cards"
        aria-busy={feed.isReading.value}
        {...(openAt < 0 ? {} : { 'aria-activedescendant': `card-${open}` })}
        onScroll={look}
      >
        <div class="rows" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
          {drawn.map((at) => {
            const row = rows[at]
            if (row === undefined) return null
            const choose = (isRange: boolean) => {
              if (isRange) bulk.extend(feed.rows.value, row)
              else select(row.reviewId)
              focusList()
            }
            const pick = (isRange: boolean) => {
              if (isRange) bulk.extend(feed.rows.value, row)
              else bulk.toggle(row)
              focusList()
            }
            return (
              <CardRow
                key={row.reviewId}
                row={row}
                isOpen={at === openAt}
                isPicked={picks.has(row.reviewId)}
                top={at * rowHeight}
                position={at + 1}
                size={Math.max(feed.total.value, rows.length)}
                onChoose={choose}
                onPick={pick}
              />
            )
          })}
        </div>
        {rows.length === 0 && <p class="empty">{feed.isReading.value ? 'Reading …' : 'No card matches.'}</p>}
      </div>
      {above > 0 && (
        <button type="button" class="above" onClick={() => box.current?.scrollTo({ top: 0 })}>
          ↑ {above.toLocaleString('en')} above
        </button>
      )}
    </div>
  )
}
