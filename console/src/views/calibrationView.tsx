/** Whether agents' confidence is worth something, and what another threshold would have let pass. */
import { useState } from 'preact/hooks'
import type { Approvals, CalibrationNumbers, Threshold } from '../../../src/protocol/leadRecords.js'
import { PlainText } from '../output/plainText.js'
import { station } from '../room.js'
import { useAnswer } from './asking.js'
import { BandTable, ReliabilityCurve } from './reliabilityCurve.js'
import { ShareCell, shareWords } from './shareCell.js'
import { Table } from './table.js'
import { DaysChoice, type FiguresWindow, TakenFrom } from './windowChoice.js'

type Calibration = CalibrationNumbers & { readonly window: FiguresWindow }

const read = async (days: number, queue: string, agent: string): Promise<Calibration> => {
  const of = { ...(queue === '' ? {} : { queue }), ...(agent === '' ? {} : { agent }) }
  return (await station.ask({ type: 'calibration', days, ...of })).calibration as Calibration
}

export function CalibrationView() {
  const [days, setDays] = useState(30)
  const [queue, setQueue] = useState('')
  const [agent, setAgent] = useState('')
  // Whom there is to choose from doesn't depend on who is chosen.
  const all = useAnswer(() => read(days, '', ''), [days])
  const isOfAll = queue === '' && agent === ''
  const chosen = useAnswer(isOfAll ? undefined : () => read(days, queue, agent), [days, queue, agent])
  const { answer, why } = isOfAll ? all : chosen
  return (
    <div class="view calibration">
      <div class="controls">
        <DaysChoice days={days} onChoose={setDays} />
        <Choice
          label="Queue"
          any="All queues"
          value={queue}
          names={(all.answer?.queues ?? []).map((one) => one.queue)}
          onChoose={setQueue}
        />
        <Choice
          label="Agent"
          any="All agents"
          value={agent}
          names={(all.answer?.agents ?? []).map((one) => one.agent)}
          onChoose={setAgent}
        />
      </div>
      {why !== undefined && <p class="complaint">{why}</p>}
      {answer === undefined ? (
        why === undefined && <p class="empty">Reading …</p>
      ) : (
        <>
          <TakenFrom window={answer.window} />
          {answer.cards === 0 ? (
            <p class="empty">Nobody has decided on a result or an action of these yet.</p>
          ) : (
            <Figures calibration={answer} />
          )}
        </>
      )}
    </div>
  )
}

function Figures({ calibration }: { readonly calibration: Calibration }) {
  const { bands, thresholds, queues, agents, approved, cards } = calibration
  return (
    <>
      <p>
        People approved <strong>{shareWords(approved)}</strong> of {cards.toLocaleString('en')} as they were held.
      </p>
      <div class="beside">
        <ReliabilityCurve bands={bands} />
        <BandTable bands={bands} />
      </div>
      <Thresholds thresholds={thresholds} />
      <div class="beside">
        <Groups
          title="By queue"
          label="Queue"
          groups={queues.map(({ queue, ...counts }) => ({ name: queue, ...counts }))}
        />
        <Groups
          title="By agent"
          label="Agent"
          groups={agents.map(({ agent, ...counts }) => ({ name: agent, ...counts }))}
        />
      </div>
    </>
  )
}

const thresholdHeads = ['Threshold', { number: 'Would have passed' }, { number: 'Wrongly' }, 'Share']

/** What passed nobody looked at: a higher threshold is a backtest's question. */
function Thresholds({ thresholds }: { readonly thresholds: readonly Threshold[] }) {
  return (
    <section class="thresholds" aria-labelledby="thresholds-title">
      <h2 id="thresholds-title">Had the threshold been lower</h2>
      <p class="quiet">
        What was held for its confidence alone, and would have passed; wrongly, where people edited or rejected it. What
        a higher one would have held, a backtest of the policy tells.
      </p>
      {thresholds.length === 0 ? (
        <p class="empty">Nothing of these was held for its confidence alone.</p>
      ) : (
        <Table label="What moving the threshold would have done" heads={thresholdHeads}>
          {thresholds.map(({ threshold, passed, wrongly }) => (
            <tr key={threshold}>
              <th scope="row" class="number">
                {threshold.toFixed(2)}
              </th>
              <td class="number">{passed}</td>
              <td class="number">{wrongly?.count ?? 0}</td>
              <ShareCell share={wrongly} />
            </tr>
          ))}
        </Table>
      )}
    </section>
  )
}

const groupHeads = [{ number: 'Cards' }, { number: 'Edited' }, { number: 'Rejected' }, 'Approved as held'] as const

type Group = Approvals & { readonly name: string }

function Groups(props: { readonly title: string; readonly label: string; readonly groups: readonly Group[] }) {
  const { title, label, groups } = props
  return (
    <section>
      <h2>{title}</h2>
      <Table label={title} heads={[label, ...groupHeads]}>
        {groups.map(({ name, cards, edited, rejected, approved }) => (
          <tr key={name}>
            <th scope="row">
              <PlainText text={name} />
            </th>
            <td class="number">{cards}</td>
            <td class="number">{edited}</td>
            <td class="number">{rejected}</td>
            <ShareCell share={approved} />
          </tr>
        ))}
      </Table>
    </section>
  )
}

type ChoiceProps = {
  readonly label: string
  readonly any: string
  readonly value: string
  readonly names: readonly string[]
  readonly onChoose: (name: string) => void
}

function Choice({ label, any, value, names, onChoose }: ChoiceProps) {
  const shown = value === '' || names.includes(value) ? names : [value, ...names]
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">{any}</option>
        {shown.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}
