/** G5: a card is decided once; who decided it is told so as often as they ask, and everybody else who did. */

export type DecisionAnswer = {
  readonly review: string
  readonly by: string
  readonly status: string
  /** `decided`, or the code of the refusal. */
  readonly answer: string
  /** The card, as the answer had it. */
  readonly shown: Standing | undefined
}

export type Standing = { readonly status: string; readonly operator: string | undefined }

/** `standing`: the card at the end; undefined where nobody looked. */
export function* decisionsAgree(
  answers: Iterable<DecisionAnswer>,
  standing: (review: string) => Standing | undefined,
): Generator<string> {
  const decided = new Map<string, Standing>()
  const refused: DecisionAnswer[] = []
  for (const answer of answers) {
    if (answer.answer !== 'decided') {
      refused.push(answer)
      continue
    }
    const { review, by, status } = answer
    const mine = { status, operator: by }
    const stands = standing(review) ?? decided.get(review) ?? mine
    if (!isSame(stands, mine))
      yield `G5 ${by} was told to have decided ${review} ${status}: ${stands.status} by ${stands.operator}`
    decided.set(review, stands)
  }
  for (const { review, by, answer, shown } of refused) {
    if (answer !== 'ALREADY_DECIDED') continue
    const stands = standing(review) ?? decided.get(review)
    if (stands !== undefined && (shown === undefined || !isSame(stands, shown)))
      yield `G5 ${by} was not told who decided ${review}`
  }
}

const isSame = (a: Standing, b: Standing): boolean => a.status === b.status && a.operator === b.operator
