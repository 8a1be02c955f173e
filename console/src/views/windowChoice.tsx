/** Over how many days figures are, and what they were taken from. */
import { Ago } from '../moment.js'

export type FiguresWindow = {
  readonly since: number
  readonly until: number
  readonly days: number
  readonly cards: number
  readonly cardsMost: number
  readonly isBounded: boolean
}

const choices = [
  [1, 'The last day'],
  [7, 'The last 7 days'],
  [30, 'The last 30 days'],
  [90, 'The last 90 days'],
] as const

type Props = { readonly days: number; readonly onChoose: (days: number) => void }

export function DaysChoice({ days, onChoose }: Props) {
  return (
    <label>
      Window
      <select value={String(days)} onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}>
        {choices.map(([count, words]) => (
          <option key={count} value={String(count)}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Nobody takes a part for the whole. */
export function TakenFrom({ window: { cards, cardsMost, isBounded, until } }: { readonly window: FiguresWindow }) {
  return (
    <p class="quiet">
      Of {cards.toLocaleString('en')} cards that were decided in that time
      {isBounded && `: the latest ${cardsMost.toLocaleString('en')}, there were more`}. Taken <Ago at={until} /> ago.
    </p>
  )
}
