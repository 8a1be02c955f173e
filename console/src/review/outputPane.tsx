/** What the agent said, four ways: as a tree, as it reads, as JSON, and what an edit changed. */
import { useMemo, useState } from 'preact/hooks'
import type { ReviewCard } from '../../../src/protocol/records.js'
import { Changes } from '../output/changes.js'
import { marksOf } from '../output/marks.js'
import { OutputRaw } from '../output/outputRaw.js'
import { OutputText } from '../output/outputText.js'
import { OutputTree } from '../output/outputTree.js'
import { PlainText } from '../output/plainText.js'
import { rawJson } from '../output/rawJson.js'
import { desk } from '../room.js'
import { Tabs } from '../tabs.js'
import { isMasked } from './masked.js'

/** Of characters that aren't seen: a pair of surrogates is one. A backslash before it makes it another text. */
const escapes = /(?<!\\)(?:\\\\)*\\u(?!d[c-f])[0-9a-f]{4}/g

export function OutputPane({ card }: { readonly card: ReviewCard }) {
  const [tab, setTab] = useState(card.edited === undefined ? 'tree' : 'changes')
  const { output, edited: edit } = desk.revealed.value ?? card
  const marks = marksOf(card.findings)
  const json = rawJson(output)
  const draft = desk.drafts.all.value.get(card.reviewId)
  const edited = edit !== undefined ? rawJson(edit) : draft?.text
  const unseen = json.match(escapes)?.length ?? 0
  const tabs = [
    { name: 'tree', label: 'Tree' },
    { name: 'text', label: 'Text' },
    { name: 'raw', label: 'Raw' },
    ...(edit === undefined ? [] : [{ name: 'edited', label: 'Edited' }]),
    ...(edited === undefined ? [] : [{ name: 'changes', label: 'Changes' }]),
  ]
  return (
    <section class="output" aria-labelledby="output-title">
      <div class="pane-head">
        <h3 id="output-title">{card.kind === 'action' ? 'Proposed action' : 'Output'}</h3>
        {unseen > 0 && <span class="warning">{unseen} invisible or direction-changing characters</span>}
        <Reveal card={card} />
        <Tabs tabs={tabs} open={tab} onOpen={setTab} label="How the output is shown" />
      </div>
      <EditNote card={card} />
      <div role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
        {tab === 'tree' && <OutputTree value={output} marks={marks} />}
        {tab === 'text' && <OutputText value={output} marks={marks} />}
        {tab === 'raw' && <OutputRaw value={output} />}
        {tab === 'edited' && <OutputTree value={edit} marks={marksOf(card.editHeld?.findings ?? [])} />}
        {tab === 'changes' && edited !== undefined && <Changes before={json} after={edited} />}
      </div>
    </section>
  )
}

/** Approving releases what another wrote: nobody may miss that. */
function EditNote({ card: { edited, status, editHeld, kind } }: { readonly card: ReviewCard }) {
  const isAction = kind === 'action'
  if (edited === undefined) return null
  return (
    <p class="note">
      {status === 'PENDING'
        ? `It was edited: approving ${isAction ? 'lets the agent do what is edited' : 'releases the edited output'}.`
        : isAction
          ? 'The agent was told to do what is edited.'
          : 'The edited output was released.'}
      {editHeld !== undefined && (
        <>
          {' '}
          The gate says of the edit: <PlainText text={editHeld.details} />
        </>
      )}
    </p>
  )
}

/** Only where something is masked. */
function Reveal({ card }: { readonly card: ReviewCard }) {
  const hasMask = useMemo(() => isMasked(card), [card])
  if (!hasMask || desk.lacks.value.has('reveal')) return null
  if (desk.revealed.value !== undefined) return <span class="warning">shown without masks, on record</span>
  return (
    <button type="button" onClick={() => void desk.reveal()}>
      Reveal what is masked
    </button>
  )
}
