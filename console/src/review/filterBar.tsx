/** What the list shows: status, severity, reason, queue, and a search. */
import { useEffect, useRef } from 'preact/hooks'
import type { CardFilter } from '../../../src/protocol/operatorFrames.js'
import { desk, feed, focusList, form, select } from '../room.js'
import { reasonWords } from './words.js'

const searchMs = 250

const statuses = ['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN'] as const
const severities = ['high', 'normal', 'low'] as const

/** Queues that the list has shown. */
function queueNames(chosen: string | undefined): readonly string[] {
  const names = new Set(feed.rows.value.map(({ queue }) => queue))
  if (chosen !== undefined) names.add(chosen)
  return [...names].sort()
}

/** A card that the list no longer has stays open only while something is filled in about it. */
function openFirst(): void {
  const rows = feed.rows.value
  const isListed = rows.some(({ reviewId }) => reviewId === desk.review.value)
  if (!isListed && form.value === 'none') select(rows[0]?.reviewId)
}

export function FilterBar() {
  const filter = feed.filter.value
  const typing = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const search = useRef<HTMLInputElement>(null)
  useEffect(() => () => clearTimeout(typing.current), [])
  const choose = (change: { readonly [Field in keyof CardFilter]?: string }) => {
    const next = Object.fromEntries(Object.entries({ ...feed.filter.value, ...change }).filter(([, value]) => value))
    void feed.open(next as CardFilter).then(openFirst)
  }
  /** What was typed holds at once: nothing changes the list later, while another card is read. */
  const settle = (text: string) => {
    clearTimeout(typing.current)
    if (text !== (feed.filter.value.text ?? '')) choose({ text })
  }
  const type = (text: string) => {
    clearTimeout(typing.current)
    typing.current = setTimeout(() => settle(text), searchMs)
  }
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    event.preventDefault()
    if (event.key === 'Escape' && search.current !== null) search.current.value = ''
    settle(search.current?.value ?? '')
    focusList()
  }
  return (
    <search class="filters" aria-label="Filter cards">
      <input
        id="search"
        ref={search}
        type="search"
        placeholder="Search  /"
        aria-label="Search cards"
        value={filter.text ?? ''}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onKeyDown={leave}
        onBlur={({ currentTarget }) => settle(currentTarget.value)}
      />
      <div class="selects">
        <Choice
          label="Status"
          value={filter.status ?? 'PENDING'}
          options={statuses.map((one) => [one, word(one)])}
          onChoose={(status) => choose({ status })}
        />
        <Choice
          label="Severity"
          value={filter.severity ?? ''}
          any="Any severity"
          options={severities.map((one) => [one, word(one)])}
          onChoose={(severity) => choose({ severity })}
        />
        <Choice
          label="Reason"
          value={filter.reason ?? ''}
          any="Any reason"
          options={Object.entries(reasonWords)}
          onChoose={(reason) => choose({ reason })}
        />
        <Choice
          label="Queue"
          value={filter.queue ?? ''}
          any="Any queue"
          options={queueNames(filter.queue).map((one) => [one, one])}
          onChoose={(queue) => choose({ queue })}
        />
      </div>
    </search>
  )
}

const word = (status: string): string => status[0]?.toUpperCase() + status.slice(1).toLowerCase()

type ChoiceProps = {
  readonly label: string
  readonly value: string
  readonly any?: string
  readonly options: readonly (readonly [string, string])[]
  readonly onChoose: (value: string) => void
}

function Choice({ label, value, any, options, onChoose }: ChoiceProps) {
  return (
    <select aria-label={label} value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
      {any !== undefined && <option value="">{any}</option>}
      {options.map(([name, shown]) => (
        <option key={name} value={name}>
          {shown}
        </option>
      ))}
    </select>
  )
}
