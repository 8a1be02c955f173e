import { describe, expect, it } from 'vitest'
import { type Key, keysOf } from '../../src/cli/keyboard.js'
import {
  emptyReviewScreen,
  type ReviewEffect,
  type ReviewEvent,
  type ReviewScreen,
  reviewLines,
  stepReview,
} from '../../src/cli/reviewScreen.js'
import type { ReviewCard } from '../../src/client/index.js'

const card = (reviewId: string, fields: Partial<ReviewCard> = {}): ReviewCard => ({
  reviewId,
  version: 1,
  taskId: `task-${reviewId}`,
  resultId: 'r',
  tenant: 't_a',
  queue: 'q',
  step: 1,
  attempt: 1,
  kind: 'result',
  reason: 'LOW_CONFIDENCE',
  severity: 'normal',
  details: 'Held: confidence 0.5 is below 0.7.',
  findings: [],
  confidence: 0.5,
  payload: { text: 'in' },
  output: { text: `out of ${reviewId}` },
  outputHash: 'h',
  policyVersion: 'p',
  agentId: 'a',
  status: 'PENDING',
  approvals: [],
  createdAt: 0,
  ...fields,
})

/** The screen after these, and all effects on the way. */
function screenAfter(...events: readonly ReviewEvent[]): {
  readonly screen: ReviewScreen
  readonly effects: readonly ReviewEffect[]
} {
  const effects: ReviewEffect[] = []
  let screen = emptyReviewScreen
  for (const event of events) {
    const [next, ...more] = stepReview(screen, event)
    screen = next
    effects.push(...more)
  }
  return { screen, effects }
}

const list = (...ids: readonly string[]): ReviewEvent => ({
  kind: 'change',
  change: { kind: 'list', cards: ids.map((id) => card(id)), total: ids.length },
})
const changed = (changedCard: ReviewCard): ReviewEvent => ({
  kind: 'change',
  change: { kind: 'card', card: changedCard },
})
const keys = (...each: readonly Key[]): readonly ReviewEvent[] => each.map((key) => ({ kind: 'key', key }))

const chosen = ({ cards, chosen: at }: ReviewScreen) => cards[at]?.reviewId

describe('the live review', () => {
  it('[N50] moves through the cards and no further', () => {
    expect(chosen(screenAfter(list('a', 'b', 'c'), ...keys('j', 'down', 'j', 'j')).screen)).toBe('c')
    expect(chosen(screenAfter(list('a', 'b', 'c'), ...keys('j', 'k', 'up', 'k')).screen)).toBe('a')
    expect(screenAfter(...keys('j', 'a', 'r', 'k')).effects).toEqual([])
  })

  it('[N51] approves the version that is on the screen', () => {
    const { effects } = screenAfter(list('a', 'b'), changed(card('b', { version: 4 })), ...keys('j', 'a'))
    expect(effects).toEqual([{ kind: 'decide', review: 'b', decision: { status: 'APPROVED', version: 4 } }])
  })

  it('[N52] rejects with a reason alone, of the card that was chosen first', () => {
    const typed = [...'no ', 'ü', '🙂', 'x', 'backspace', 'down', 'enter']
    const { effects, screen } = screenAfter(
      list('a', 'b'),
      ...keys('r'),
      changed(card('a', { version: 2 })),
      ...keys('enter', ...typed),
    )
    expect(effects).toEqual([
      { kind: 'decide', review: 'a', decision: { status: 'REJECTED', version: 1, reason: 'no ü🙂' } },
    ])
    expect(screen.mode).toEqual({ kind: 'browsing' })
    expect(screenAfter(list('a'), ...keys('r', 'q', 'a', 'escape')).effects).toEqual([])
    expect(screenAfter(list('a'), ...keys('r', 'interrupt', 'interrupt')).effects).toEqual([{ kind: 'quit' }])
  })

  it('[N53] keeps the chosen card chosen while others come and go', () => {
    const { screen } = screenAfter(
      list('a', 'b', 'c'),
      ...keys('j'),
      changed(card('a', { status: 'APPROVED', version: 2 })),
      changed(card('d')),
    )
    expect(screen.cards.map(({ reviewId }) => reviewId)).toEqual(['b', 'c', 'd'])
    expect(chosen(screen)).toBe('b')
    const gone = screenAfter(list('a', 'b', 'c'), ...keys('j'), changed(card('b', { status: 'EXPIRED', version: 2 })))
    expect(chosen(gone.screen)).toBe('c')
    expect(chosen(screenAfter(list('a', 'b'), ...keys('j'), list('b')).screen)).toBe('b')
  })

  it('[N54] takes no older version for a newer one, and says what came of a decision', () => {
    const { screen } = screenAfter(
      list('a'),
      changed(card('a', { version: 3, details: 'new' })),
      changed(card('a', { version: 2 })),
    )
    expect(screen.cards[0]?.details).toBe('new')
    const decided = screenAfter(list('a', 'b'), {
      kind: 'decided',
      card: card('a', { status: 'APPROVED', version: 2 }),
    })
    expect(decided.screen).toMatchObject({ decided: 1, notice: 'a APPROVED' })
    const failed = screenAfter(list('a', 'b'), {
      kind: 'failed',
      message: 'ALREADY_DECIDED: …',
      card: card('a', { status: 'REJECTED', version: 2 }),
    })
    expect(failed.screen).toMatchObject({ decided: 0, notice: 'ALREADY_DECIDED: …' })
    expect(failed.screen.cards.map(({ reviewId }) => reviewId)).toEqual(['b'])
  })

  it('[RV44] claims, gives back, hands over and unmasks the chosen card by a key', () => {
    const { effects } = screenAfter(list('a', 'b'), ...keys('j', 'c', 'C', 't', ...'bob', 'enter', 't', 'enter', 'v'))
    expect(effects).toEqual([
      { kind: 'claim', review: 'b', release: false },
      { kind: 'claim', review: 'b', release: true },
      { kind: 'assign', review: 'b', to: 'bob' },
      { kind: 'assign', review: 'b' },
      { kind: 'reveal', review: 'b' },
    ])
    expect(screenAfter(list('a'), ...keys('t', 'q', 'escape')).effects).toEqual([])
    const claimed = card('a', { version: 2, claimedBy: 'ann', claimedUntil: 9_000, note: 'mine' })
    const unmasked = { kind: 'revealed', review: 'a', output: 'the secret', payload: 1 } as const
    const { screen } = screenAfter(list('a', 'b'), { kind: 'kept', card: claimed, notice: 'yours' }, unmasked)
    const shown = (of: ReviewScreen) => reviewLines(of, { rows: 60, width: 120 }, 5_000).join('\n')
    expect(shown(screen)).toMatch(/the secret[\s\S]*claimed +by ann[\s\S]*note +mine/)
    const [elsewhere] = stepReview(screen, { kind: 'key', key: 'j' })
    const [back] = stepReview(elsewhere, { kind: 'key', key: 'k' })
    expect(shown(back)).not.toContain('the secret')
  })

  it('[N55] has as many lines as the terminal, the chosen card and its output among them', () => {
    const many = Array.from({ length: 100 }, (_, n) => `c${n}`)
    for (const rows of [10, 24, 60])
      for (const screen of [
        screenAfter(list(...many), ...keys('j', 'j')).screen,
        screenAfter(list('a')).screen,
        screenAfter().screen,
      ])
        expect(reviewLines(screen, { rows, width: 80 }, 5_000).length).toBeLessThanOrEqual(rows)
    const lines = reviewLines(screenAfter(list(...many), ...keys('j')).screen, { rows: 24, width: 80 }, 5_000).join(
      '\n',
    )
    expect(lines).toContain('> ')
    expect(lines).toContain('text: out of c1\n')
    expect(lines).toContain('100 wait')
  })

  it('[N56] shows the reason that is being written, and a connection that is lost', () => {
    const [, , ...rest] = reviewLines(screenAfter(list('a'), ...keys('r', 'n', 'o')).screen, { rows: 24, width: 80 }, 0)
    expect(rest.at(-1)).toContain('reject a because: no_')
    const { screen } = screenAfter(list('a'), { kind: 'link', state: { kind: 'connecting' } })
    expect(reviewLines(screen, { rows: 24, width: 80 }, 0)[0]).toContain('(connecting)')
  })
})

describe('the keyboard', () => {
  it.each<[string, readonly Key[]]>([
    ['j', ['j']],
    ['\u001b[A\u001b[B\u001bOA', ['up', 'down', 'up']],
    ['\u001b', ['escape']],
    ['ab\r\u007f', ['a', 'b', 'enter', 'backspace']],
    ['\u0003', ['interrupt']],
    ['ü🙂', ['ü', '🙂']],
    ['\u001b[1;5C\u0001x', ['x']],
  ])('[N57] reads %j', (read, expected) => {
    expect(keysOf(read)).toEqual(expected)
  })
})
