/** How the review goes, for whoever leads it: what waits, how long it takes, who decides how much and how carefully. */
import { useState } from 'preact/hooks'
import type { DecidedNumbers, OperatorNumbers, Share, Spread } from '../../../src/protocol/leadRecords.js'
import { span } from '../moment.js'
import { PlainText } from '../output/plainText.js'
import { station } from '../room.js'
import { useAnswer } from './asking.js'
import { ageWords, Bars } from './bars.js'
import type { Counts, Stats } from './fleetReadings.js'
import { percent, ShareCell } from './shareCell.js'
import { Table } from './table.js'
import { DaysChoice, type FiguresWindow, TakenFrom } from './windowChoice.js'

type Numbers = DecidedNumbers & {
  readonly window: FiguresWindow
  readonly waiting: Pick<Stats['cards'], 'waiting' | 'bySeverity' | 'byAge'>
  readonly quickCharsPerSecond: number
}

/** Each answer has the node read thousands of decided cards. */
const everyMs = 300_000

export function NumbersView() {
  const [days, setDays] = useState(7)
  const ask = async () => (await station.ask({ type: 'numbers', days })).numbers as Numbers
  const { answer, why } = useAnswer(ask, [days], everyMs)
  return (
    <div class="view numbers">
      <div class="controls">
        <DaysChoice days={days} onChoose={setDays} />
      </div>
      {why !== undefined && <p class="complaint">{why}</p>}
      {answer === undefined ? why === undefined && <p class="empty">Reading …</p> : <Figures numbers={answer} />}
    </div>
  )
}

function Figures({ numbers }: { readonly numbers: Numbers }) {
  const { waiting, byStatus, window, firstLookMs, decisionMs, operators, quick, agreement } = numbers
  return (
    <>
      <div class="columns">
        <Bars title={`Waiting now: ${waiting.waiting}`} counts={waiting.bySeverity} />
        <Bars title="Waiting, by age" counts={waiting.byAge} words={ageWords} />
        <Bars title="Came to their end" counts={inOrder(byStatus)} />
        <Careful quick={quick} agreement={agreement} perSecond={numbers.quickCharsPerSecond} />
      </div>
      <TakenFrom window={window} />
      <div class="beside">
        <Times title="Until somebody looked at it" bySeverity={firstLookMs} />
        <Times title="Until it was decided" bySeverity={decisionMs} />
      </div>
      <Operators operators={operators} />
    </>
  )
}

const inOrder = (counts: Counts): Counts =>
  Object.fromEntries(['APPROVED', 'REJECTED', 'EXPIRED'].map((status) => [status, counts[status] ?? 0]))

type CarefulProps = { readonly quick: Share | null; readonly agreement: Share | null; readonly perSecond: number }

function Careful({ quick, agreement, perSecond }: CarefulProps) {
  return (
    <section class="careful">
      <h2>Care</h2>
      <dl>
        <div>
          <dt>Quicker than it can be read</dt>
          <dd>
            <ShareLine share={quick} of="decisions whose time is known" />
            <span class="quiet">more than {perSecond} letters a second</span>
          </dd>
        </div>
        <div>
          <dt>In agreement</dt>
          <dd>
            <ShareLine share={agreement} of="cards that several people saw" />
          </dd>
        </div>
      </dl>
    </section>
  )
}

function ShareLine({ share, of }: { readonly share: Share | null; readonly of: string }) {
  if (share === null) return <span class="quiet">No {of} yet.</span>
  return (
    <span>
      <strong>{percent(share.share)}</strong> of {share.of.toLocaleString('en')} {of},{' '}
      <span class="quiet">
        between {percent(share.low)} and {percent(share.high)}
      </span>
    </span>
  )
}

const timeHeads = [
  'Severity',
  { number: 'Cards' },
  { number: 'Half within' },
  { number: '90 % within' },
  { number: '99 % within' },
]
const severities = ['high', 'normal', 'low', 'all'] as const

type TimesProps = { readonly title: string; readonly bySeverity: Readonly<Record<string, Spread | null>> }

function Times({ title, bySeverity }: TimesProps) {
  return (
    <section>
      <h2>{title}</h2>
      <Table label={title} heads={timeHeads}>
        {severities.map((severity) => {
          const spread = bySeverity[severity] ?? null
          return (
            <tr key={severity}>
              <th scope="row">{severity}</th>
              <td class="number">{spread?.count ?? 0}</td>
              <td class="number">{spread === null ? '–' : duration(spread.p50)}</td>
              <td class="number">{spread === null ? '–' : duration(spread.p90)}</td>
              <td class="number">{spread === null ? '–' : duration(spread.p99)}</td>
            </tr>
          )
        })}
      </Table>
    </section>
  )
}

const duration = (ms: number): string => (ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : span(ms))

const operatorHeads = [
  'Operator',
  { number: 'Decisions' },
  { number: 'Approved' },
  { number: 'Edited' },
  { number: 'Rejected' },
  { number: 'An active hour' },
  { number: 'Dwell, half within' },
  { number: 'Dwell, 90 % within' },
  'Quicker than it can be read',
]

function Operators({ operators }: { readonly operators: readonly OperatorNumbers[] }) {
  return (
    <section aria-labelledby="operators-title">
      <h2 id="operators-title">
        Operators <span class="total">{operators.length}</span>
      </h2>
      {operators.length === 0 ? (
        <p class="empty">Nobody has decided anything in that time.</p>
      ) : (
        <Table label="Decisions by operator" heads={operatorHeads}>
          {operators.map((one) => (
            <tr key={one.operator}>
              <th scope="row">
                <PlainText text={one.operator} />
              </th>
              <td class="number">{one.decisions.toLocaleString('en')}</td>
              <td class="number">{one.approved.toLocaleString('en')}</td>
              <td class="number">{one.edited.toLocaleString('en')}</td>
              <td class="number">{one.rejected.toLocaleString('en')}</td>
              <td class="number">{one.perActiveHour.toFixed(1)}</td>
              <td class="number">{one.dwellMs === null ? '–' : duration(one.dwellMs.p50)}</td>
              <td class="number">{one.dwellMs === null ? '–' : duration(one.dwellMs.p90)}</td>
              <ShareCell share={one.quick} />
            </tr>
          ))}
        </Table>
      )}
    </section>
  )
}
