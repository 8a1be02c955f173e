/** Secrets in every disguise that leaves them what they are, as the gate holds them. */
import { describe, expect, test } from 'vitest'
import { secretsFilter } from '../../../src/safety/filters/secrets/secretsFilter.js'
import { createGate } from '../../../src/safety/gate.js'
import { defaultPolicy } from '../../../src/safety/policy.js'
import type { Verdict } from '../../../src/tasks/verdict.js'
import { combined, disguisesOf, scatterings } from '../disguises.js'

const gate = createGate(
  () => defaultPolicy,
  () => [secretsFilter()],
)

const judge = (value: unknown): Verdict => gate.judge({ tenant: 't_test', queue: 'mail', kind: 'text', value })

/** Without signs in them that a disguise takes for separators. */
const secrets: readonly string[] = [
  `ghp_${'n0tAR3alT0ken4Anyb0dyAtAll00Not1Bit5'}`,
  `sk_live_${'n0tAR3alK3y4Anyb0dy'}`,
  `AKIA${'N0TAREALKEY42ABC'}`,
  `glsa_${'n0tAR3alT0ken4Anyb0dyAtAll00Not1'}_0badcafe`,
]

describe('secrets in disguise', () => {
  test.each(secrets)('[SC6] %s is held in each disguise, and shows in no excerpt', (secret) => {
    for (const { name, apply } of disguisesOf('secrets')) {
      const text = apply(secret)
      const verdict = judge({ note: text })
      expect(verdict.kind, `${name}: ${JSON.stringify(text)}`).toBe('hold')
      if (verdict.kind !== 'hold') continue
      expect(verdict.reason, name).toBe('SECRET')
      // Before the comma, a data URI says what it is.
      const sent = text.replace(/^data:[^,]*,/, '')
      for (const { excerpt } of verdict.findings) {
        for (let i = 0; i + 12 <= sent.length; i += 1) expect(excerpt, name).not.toContain(sent.slice(i, i + 12))
      }
    }
  })

  test('[SC6] one is held in two disguises on one another', () => {
    const [secret = ''] = secrets
    const passed = combined('secrets').filter(({ apply }) => judge(apply(secret)).kind !== 'hold')
    expect(passed.map(({ name }) => name)).toEqual([])
  })

  test.each(scatterings.filter(({ hides }) => hides.includes('secrets')))('[SC7] one is held as $name', ({ apply }) => {
    for (const secret of secrets) expect(judge(apply(secret)).kind, secret).toBe('hold')
  })
})

describe('the verdict on secrets', () => {
  test('[SC8] says what kind it is and where, and the secret stands nowhere in it', () => {
    const secret = `ghp_${'n0tAR3alT0ken4Anyb0dyAtAll00Not1Bit5'}`
    const verdict = judge({
      a: [`use ${secret} for ${secret}`],
      [secret]: 1,
      b: Buffer.from(secret).toString('base64'),
    })
    expect(verdict).toMatchObject({ kind: 'hold', reason: 'SECRET', severity: 'high' })
    expect(JSON.stringify({ ...verdict, findings: [] })).toContain('it holds a GitHub personal access token')
    if (verdict.kind !== 'hold') return
    // Of a name that is a secret, the path is made: there it has to stand.
    for (const { excerpt } of verdict.findings) expect(excerpt).not.toContain(secret.slice(4, 12))
    expect(verdict.details).not.toContain(secret.slice(4, 12))
  })
})
