/** The task was tried before: why that was rejected, what it said then beside what it says now, and what changed. */
import { useState } from 'preact/hooks'
import type { Rejection, ReviewCard } from '../../../src/protocol/records.js'
import { When } from '../moment.js'
import { Changes } from '../output/changes.js'
import { marksOf } from '../output/marks.js'
import { OutputTree } from '../output/outputTree.js'
import { PlainText } from '../output/plainText.js'
import { rawJson } from '../output/rawJson.js'
import { inSight } from '../output/unseen.js'
import { station } from '../room.js'
import { Tabs } from '../tabs.js'
import { useAnswer } from '../views/asking.js'
import { readEarlierAttempt } from './earlierAttempt.js'
import { rejectionCodes } from './words.js'

export function LastAttempt({ card }: { readonly card: ReviewCard }) {
  const { answer } = useAnswer(() => readEarlierAttempt((frame) => station.ask(frame), card.taskId), [card.taskId])
  if (answer === undefined || answer.kind === 'none') return null
  return (
    <section class="last-attempt" aria-labelledby="last-title">
      <h3 id="last-title">Last attempt</h3>
      {answer.kind === 'gone' && (
        <p class="quiet">
          It tries <code>{answer.task}</code> again, which isn’t kept any more.
        </p>
      )}
      {answer.kind === 'ended' && (
        <p>
          It tries <code>{answer.task.id}</code> again, which ended as {answer.task.status}
          {answer.task.error !== undefined && (
            <>
              : <PlainText text={answer.task.error.message} />
            </>
          )}
        </p>
      )}
      {answer.kind === 'rejected' && <Rejected now={card} rejection={answer.rejection} before={answer.card} />}
    </section>
  )
}

type Props = { readonly now: ReviewCard; readonly rejection: Rejection; readonly before: ReviewCard | undefined }

function Rejected({ now, rejection, before }: Props) {
  const { by, operatorId, decidedAt, reason, reasonCode } = rejection
  const code = rejectionCodes.find(([name]) => name === reasonCode)?.[1] ?? reasonCode
  return (
    <>
      <p class="why-rejected">
        Rejected{by === 'timeout' ? ' by time' : operatorId !== undefined && ` by ${inSight(operatorId)}`},{' '}
        <When at={decidedAt} /> UTC
        {code !== undefined && <> · {code}</>}
      </p>
      <blockquote>
        <PlainText text={reason} />
      </blockquote>
      {before === undefined ? (
        <p class="quiet">What it said then isn’t kept any more.</p>
      ) : before.kind === now.kind && before.step === now.step ? (
        <Both now={now} before={before} />
      ) : (
        <>
          <p class="quiet">
            That was {before.kind === 'action' ? 'an action' : 'the result'} of step {before.step}, and is no draft of
            this.
          </p>
          <OutputTree value={before.output} marks={marksOf(before.findings)} />
        </>
      )}
    </>
  )
}

const tabs = [
  { name: 'since', label: 'What changed' },
  { name: 'beside', label: 'Side by side' },
]

function Both({ now, before }: { readonly now: ReviewCard; readonly before: ReviewCard }) {
  const [tab, setTab] = useState('since')
  return (
    <>
      <div class="pane-head">
        <Tabs tabs={tabs} open={tab} onOpen={setTab} label="How the last attempt is shown" />
      </div>
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'since' ? (
          <Changes before={rawJson(before.output)} after={rawJson(now.output)} />
        ) : (
          <div class="beside">
            <div>
              <h4>Then</h4>
              <OutputTree value={before.output} marks={marksOf(before.findings)} />
            </div>
            <div>
              <h4>Now</h4>
              <OutputTree value={now.output} marks={marksOf(now.findings)} />
            </div>
          </div>
        )}
      </div>
    </>
  )
}
