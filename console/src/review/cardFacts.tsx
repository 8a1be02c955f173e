/** For the record: ids, versions, and what was decided. */
import type { ComponentChildren } from 'preact'
import type { ReviewCard } from '../../../src/protocol/records.js'
import { When } from '../moment.js'
import { PlainText } from '../output/plainText.js'
import { inSight } from '../output/unseen.js'

export function CardFacts({ card }: { readonly card: ReviewCard }) {
  return (
    <section class="facts" aria-labelledby="facts-title">
      <h3 id="facts-title">Record</h3>
      <dl>
        <Fact name="Card">
          <code>{card.reviewId}</code> version {card.version}
        </Fact>
        <Fact name="Task">
          <code>{card.taskId}</code>
        </Fact>
        <Fact name="Agent">
          <PlainText text={card.agentId} />
        </Fact>
        <Fact name="Held">
          <When at={card.createdAt} /> UTC
        </Fact>
        <Fact name="Policy">
          <code>{card.policyVersion}</code>
        </Fact>
        <Fact name="Hash of the output" isWide>
          <code>{card.outputHash}</code>
        </Fact>
        {card.approvals.length > 0 && (
          <Fact name="Approvals">
            {card.approvals.map(({ operatorId, at }) => (
              <span key={operatorId} class="approval">
                <PlainText text={operatorId} />, <When at={at} />
              </span>
            ))}
          </Fact>
        )}
        {card.resolvedAt !== undefined && (
          <Fact name="Decided">
            {card.status} {card.operatorId !== undefined && `by ${inSight(card.operatorId)}`}{' '}
            <When at={card.resolvedAt} /> UTC
          </Fact>
        )}
        {card.reasonCode !== undefined && <Fact name="Reason code">{card.reasonCode}</Fact>}
        {card.decisionReason !== undefined && (
          <Fact name="Reason">
            <PlainText text={card.decisionReason} />
          </Fact>
        )}
      </dl>
    </section>
  )
}

function Fact({ name, isWide = false, children }: FactProps) {
  return (
    <div class={isWide ? 'wide' : ''}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

type FactProps = { readonly name: string; readonly isWide?: boolean; readonly children: ComponentChildren }
