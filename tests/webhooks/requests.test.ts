/** What admins say of webhooks: who may, what is wrong with it, and what of it is on record. */
import { describe, expect, test } from 'vitest'
import { tenant } from '../tasks/world.js'
import { admin, HookWorld, inbox } from './world.js'

const olga = { tenant, sub: 'olga', roles: ['operator'] }

describe('webhooks', () => {
  test('[WH40] are for admins alone', async () => {
    const world = new HookWorld()
    await world.set()
    for (const ask of [
      world.ask('webhooks', {}, olga),
      world.ask('setWebhook', { name: 'x', url: 'https://a.example/', cards: true }, olga),
      world.ask('removeWebhook', { name: 'pager' }, olga),
      world.ask('testWebhook', { name: 'pager' }, olga),
      world.ask('deadDeliveries', { name: 'pager' }, olga),
      world.ask('resend', { name: 'pager' }, olga),
    ])
      expect(await ask).toMatchObject({ code: 'FORBIDDEN' })
    expect(await world.ask('webhooks', {})).toMatchObject({
      webhooks: [{ name: 'pager', version: expect.any(Number) }],
    })
  })

  test('[WH40] are those of the own tenant', async () => {
    const world = new HookWorld()
    await world.set()
    const other = { ...admin, tenant: 't_other' }
    expect(await world.ask('webhooks', {}, other)).toEqual({ webhooks: [] })
    for (const name of ['removeWebhook', 'testWebhook', 'deadDeliveries', 'resend'] as const)
      expect(await world.ask(name, { name: 'pager' }, other)).toMatchObject({ code: 'NOT_FOUND' })
    expect(world.sent).toEqual([])
  })

  test('[WH41] tell their secret once, and never again', async () => {
    const world = new HookWorld()
    const made = await world.set()
    expect(made).toMatchObject({ changed: true, secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) })
    const again = await world.set()
    expect(again).toMatchObject({ changed: false })
    expect(again).not.toHaveProperty('secret')
    const rotated = await world.set({ rotate: true })
    expect(rotated.secret).not.toBe(made.secret)
    const shown = JSON.stringify([await world.ask('webhooks', {}), await world.tasks.audit()])
    for (const { secret } of [made, rotated]) expect(shown).not.toContain(String(secret))
  })

  test('[WH41] keep what is not said of them, and say on record where they go, without its path', async () => {
    const world = new HookWorld()
    await world.set({ url: 'https://a.example/token-in-path', outcomes: [inbox, inbox] })
    const changed = await world.ask('setWebhook', { name: 'pager', cards: false })
    expect(changed).toMatchObject({
      webhook: { url: 'https://a.example/token-in-path', cards: false, outcomes: [inbox] },
    })
    await world.ask('removeWebhook', { name: 'pager' })
    const entries = await world.tasks.audit()
    expect(entries.map(({ kind, by, name }) => [kind, by, name])).toEqual([
      ['webhookChanged', 'root', 'pager'],
      ['webhookChanged', 'root', 'pager'],
      ['webhookRemoved', 'root', 'pager'],
    ])
    expect(JSON.stringify(entries)).toContain('https://a.example')
    expect(JSON.stringify(entries)).not.toContain('token-in-path')
  })

  test.each([
    [{ url: 'http://a.example/' }, 'url: '],
    [{ cards: false }, 'cards, outcomes: '],
  ])('[WH42] with %j are refused, and nothing is changed', async (fields, why) => {
    const world = new HookWorld()
    expect(await world.set(fields)).toMatchObject({ code: 'INVALID', message: expect.stringContaining(why) })
    expect(await world.ask('webhooks', {})).toEqual({ webhooks: [] })
  })

  test('[WH42] without an address there is none', async () => {
    const world = new HookWorld()
    const reply = await world.ask('setWebhook', { name: 'pager', cards: true })
    expect(reply).toMatchObject({ code: 'INVALID', message: expect.stringContaining('url: missing') })
  })

  test('[WH43] a tenant has sixteen at most, also where two come at once', async () => {
    const world = new HookWorld()
    for (let n = 0; n < 15; n++) await world.set({ name: `w${n}` })
    const both = await Promise.all([world.set({ name: 'x' }), world.set({ name: 'y' })])
    expect(both.filter(({ code }) => code === 'INVALID')).toHaveLength(1)
    expect(await world.ask('webhooks', {})).toMatchObject({ webhooks: { length: 16 } })
    await world.ask('removeWebhook', { name: 'w3' })
    expect(await world.set({ name: 'z' })).toMatchObject({ changed: true })
  })

  test('[WH44] a test sends a ping at once, and says what came of it', async () => {
    const world = new HookWorld()
    await world.set()
    expect(await world.ask('testWebhook', { name: 'pager' })).toEqual({ delivered: true, status: 204, tookMs: 3 })
    expect(world.types).toEqual(['ping'])
    world.answer = () => ({ kind: 'failed', why: 'connect ECONNREFUSED', tookMs: 2 })
    const failed = { delivered: false, tookMs: 2, error: 'connect ECONNREFUSED' }
    expect(await world.ask('testWebhook', { name: 'pager' })).toEqual(failed)
  })
})
