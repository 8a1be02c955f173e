import { describe, expect, it } from 'vitest'
import type { Fields } from '../../src/ledger/port.js'
import { Raw } from '../../src/protocol/raw.js'
import type { Card } from '../../src/review/card.js'
import { mask } from '../../src/review/secretMask.js'
import { shownCard } from '../../src/review/shownCard.js'
import type { Finding } from '../../src/tasks/verdict.js'
import { aCard, aFinding, noon, said } from './fixtures.js'

const taskWith = (payload: unknown): Fields => ({ payload: Raw.of(payload).bytes })
const secretAt = (path: string, start?: number, end?: number, inKey?: boolean): Finding => ({
  ...aFinding({ reason: 'SECRET', rule: 'secret.token', path, excerpt: `token ${mask}` }),
  ...(start === undefined || end === undefined ? {} : { start, end }),
  ...(inKey === undefined ? {} : { inKey }),
})

const shownWith = (output: unknown, findings: readonly Finding[], payload: unknown = null) => {
  const card = aCard({ value: output, verdict: { findings } })
  const shown = shownCard(card, taskWith(payload), { whole: true })
  return { output: said(shown.output), payload: said(shown.payload) }
}

describe('a card as it is shown', () => {
  it('[V20] (T001) has the fields of the protocol, with the payload of its task', () => {
    expect(shownCard(aCard(), taskWith({ subject: 'hello' }), { whole: true })).toMatchObject({
      reviewId: 'r_task1_1',
      version: 1,
      taskId: 'task1',
      resultId: 'task1_1',
      tenant: 't_acme',
      queue: 'mail',
      step: 1,
      attempt: 1,
      kind: 'result',
      agentId: 'crawler/7',
      status: 'PENDING',
      approvals: [],
      createdAt: noon,
      payload: Raw.of({ subject: 'hello' }),
      output: Raw.of({ text: 'my password is in the drawer' }),
    })
  })

  it('[V21] says who decided it, when and why', () => {
    const standing: Card['standing'] = {
      status: 'APPROVED',
      operator: 'ada',
      resolvedAt: noon + 5,
      reason: 'a drawer',
      edit: { value: Raw.of('short').bytes, hash: 'h' },
    }
    expect(shownCard({ ...aCard(), standing }, null, { whole: true })).toMatchObject({
      status: 'APPROVED',
      operatorId: 'ada',
      approvals: [{ operatorId: 'ada', at: noon + 5 }],
      resolvedAt: noon + 5,
      decisionReason: 'a drawer',
      edited: Raw.of('short'),
    })
  })

  it('[V22] shows nil for the payload of a task that is gone', () => {
    expect(said(shownCard(aCard(), null, { whole: true }).payload)).toBeNull()
  })

  it('[V23] shows a value of up to 4 KiB as it is, and of a larger one, in lists, the beginning of its JSON', () => {
    const fits = 'x'.repeat(4_096 - 3)
    const card = aCard({ value: { text: 'y'.repeat(5_000) } })
    const inList = shownCard(card, taskWith(fits), { whole: false })
    expect(said(inList.payload)).toBe(fits)
    expect(said(inList.output)).toBe(`{"text":"${'y'.repeat(4_087)}`)
    expect(inList.truncated).toBe(true)
    const whole = shownCard(card, taskWith(fits), { whole: true })
    expect(said(whole.output)).toEqual({ text: 'y'.repeat(5_000) })
    expect(whole).not.toHaveProperty('truncated')
  })

  it('[V24] masks a secret wherever it stands: in the output, again in it, in keys and in the payload', () => {
    const output = { note: 'use tok_12345 now', list: ['tok_12345'], tok_12345: 1 }
    const shown = shownWith(output, [secretAt('/note', 4, 13)], { from: 'tok_12345', n: 5 })
    expect(shown.output).toEqual({ note: `use ${mask} now`, list: [mask], [mask]: 1 })
    expect(shown.payload).toEqual({ from: mask, n: 5 })
  })

  it('[V25] masks secrets that are keys, numbers, or text in binaries', () => {
    const output = { 'a/b~tok_1': 1, pin: 94_712_345, file: Buffer.from('key tok_2') }
    const key = secretAt('/a~1b~0tok_1', 4, 9, true)
    const shown = shownWith(output, [key, secretAt('/pin'), secretAt('/file', 4, 9)])
    expect(shown.output).toEqual({ [`a/b~${mask}`]: 1, pin: mask, file: mask })
  })

  it.each([secretAt('/nowhere', 0, 3), secretAt('/list', 0, 3), secretAt('/note', 9, 9)])(
    '[V26] masks the whole value where the secret cannot be found: %j',
    (finding) => {
      const shown = shownWith({ note: 'tok_12345', list: ['tok_12345'] }, [finding], 'tok_12345')
      expect(shown).toEqual({ output: mask, payload: mask })
    },
  )

  it('[V27] masks at any depth', () => {
    const deep = Array.from({ length: 9_000 }).reduce<unknown>((inner) => [inner], 'tok_12345')
    const card = aCard({ value: [deep, 'tok_12345'], verdict: { findings: [secretAt('/1', 0, 9)] } })
    const { output } = shownCard(card, null, { whole: true })
    expect(output instanceof Raw && Buffer.from(output.bytes).includes('tok_12345')).toBe(false)
  })
})
