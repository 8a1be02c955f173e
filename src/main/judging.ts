/**
 * The gate's desk: takes what was said as it came, has it judged by the policy in force, and seals what passes to the
 * very bytes that were judged. The one place where a release can come from that no person approved.
 *
 * Where a node doesn't know a tenant's policy, or knows that its knowledge is too old, it asks the ledger first; what is
 * not known then holds.
 */
import type { JudgeEffect, Judgement, Spoken } from '../actors/effects.js'
import { freshMs, type KnownPolicy } from '../actors/policyWatch.js'
import { defaultTerms } from '../safety/policyTerms.js'
import { sealPassed } from '../tasks/passed.js'
import type { Edition, Said, Verdict } from '../tasks/verdict.js'
import { policyOfQueue } from './policies.js'

export type JudgingParts = {
  readonly judge: (said: Said) => Verdict
  readonly hashOf: (value: unknown) => string
  readonly known: (tenant: string) => KnownPolicy | undefined
  /** Settles once a policy with a later edition is known, or nothing better is to be had. */
  readonly learn: (tenant: string, after: Edition) => Promise<unknown>
  readonly now: () => number
  /** Judges what is too large for the node's event loop; missing: all is judged at once. */
  readonly apart?: JudgeApart
}

/** Answers once, whatever happens. */
export type JudgeApart = (
  spoken: Spoken,
  policy: KnownPolicy,
  then: (told: { readonly verdict: Verdict; readonly hash: string }) => void,
) => void

type Asked = Pick<JudgeEffect, 'spoken' | 'after' | 'isHeld'>

/** Calls `then` at once where the policy is known. */
export const createJudging =
  (parts: JudgingParts) =>
  (asked: Asked, then: (judgement: Judgement) => void): void => {
    const { spoken, after = noEdition } = asked
    const judgeNow = () => judge(parts, asked, then)
    if (isKnown(parts.known(spoken.tenant), spoken, after, parts.now())) judgeNow()
    else parts.learn(spoken.tenant, after).then(judgeNow, judgeNow)
  }

/** Below all that there are. */
const noEdition = -1

/** Whether this may be judged by what is known. */
export const isKnown = (
  known: KnownPolicy | undefined,
  spoken: Pick<Spoken, 'of'>,
  after: Edition,
  now: number,
): known is KnownPolicy =>
  known !== undefined && known.stored.edition > after && (spoken.of !== undefined || now < known.at + freshMs)

const judge = (parts: JudgingParts, asked: Asked, then: (judgement: Judgement) => void): void => {
  const { spoken } = asked
  const known = parts.known(spoken.tenant)
  const policy = isKnown(known, spoken, noEdition, parts.now()) ? known : undefined
  if (policy !== undefined && parts.apart !== undefined && isLarge(spoken, policy)) {
    parts.apart(spoken, policy, ({ verdict, hash }) =>
      then(settled(asked, policy, verdict, () => (hash === '' ? parts.hashOf(spoken.raw.value()) : hash))),
    )
    return
  }
  const { raw, ...about } = spoken
  const value = raw.value()
  then(settled(asked, policy, parts.judge({ ...about, value }), () => parts.hashOf(value)))
}

const isLarge = ({ raw, queue }: Spoken, known: KnownPolicy): boolean =>
  raw.bytes.length > (policyOfQueue(known, queue)?.limits ?? defaultTerms.limits).inlineBytes

/** The verdict as it counts. A gate that lets through what there is no policy for is not believed. */
const settled = (
  { spoken, isHeld = false }: Asked,
  policy: KnownPolicy | undefined,
  said: Verdict,
  hash: () => string,
): Judgement => {
  const { raw, ...about } = spoken
  const edition = isHeld ? undefined : policy?.stored.edition
  const verdict = said.kind === 'pass' && edition === undefined ? unsettled(said) : said
  if (verdict.kind === 'hold' || edition === undefined) return { verdict, hash: hash(), passed: null, edition }
  const confidence = typeof about.confidence === 'number' ? about.confidence : 0
  return { verdict, hash: '', passed: sealPassed(verdict, raw.bytes, about, { edition, confidence }), edition }
}

/** It would pass, but not by a policy that stays. */
const unsettled = ({ policyVersion }: Extract<Verdict, { kind: 'pass' }>): Extract<Verdict, { kind: 'hold' }> => {
  const why = 'the policy in force could not be settled while it was judged'
  return {
    kind: 'hold',
    policyVersion,
    reason: 'GATE_ERROR',
    severity: 'high',
    details: `Held: ${why}.`,
    findings: [{ reason: 'GATE_ERROR', rule: 'gate.policy', path: '', excerpt: why }],
  }
}
