/** The courier by hand: whose deliveries it sees to, and when. */
import { expect, test } from 'vitest'
import type { NodeEffect } from '../../src/actors/effects.js'
import type { Webhook } from '../../src/tasks/webhook.js'
import {
  type CourierArgs,
  type CourierMessage,
  type CourierState,
  caresFor,
  courier,
} from '../../src/webhooks/courier.js'
import { only, Stepper } from '../actors/stepper.js'

const webhook: Webhook = {
  tenant: 't_acme',
  name: 'pager',
  version: 1,
  url: 'https://a.example/',
  cards: true,
  outcomes: [],
  secret: 'whsec_',
  since: 0,
  by: 'root',
  at: 0,
}

const open = () =>
  new Stepper<CourierState, CourierMessage, NodeEffect, CourierArgs>(courier, {
    desk: { shards: 2, chance: () => 0 },
  })

const serve = (webhooks: readonly Webhook[]) => ({ kind: 'serve', shard: 0, epoch: 1, webhooks }) as const
const changed = { kind: 'changed', tenant: 't_acme', shard: 1 } as const
const ran = (tag: number, result: unknown) => ({ kind: 'ran', tag, result }) as const

const tagOf = (effects: readonly NodeEffect[]): number => {
  const [run] = only(effects, 'run')
  if (run === undefined) throw new Error('nothing is run')
  return run.tag
}

test('[WH33] one round of a webhook is under way at a time, and what is hinted meanwhile has the next', () => {
  const world = open()
  const first = tagOf(world.tell(serve([webhook])))
  expect(only(world.tell(changed), 'run')).toEqual([])
  expect(only(world.tell(serve([{ ...webhook, version: 2 }])), 'run')).toEqual([])
  const second = tagOf(world.tell(ran(first, { kind: 'clean' })))
  expect(only(world.tell(ran(second, { kind: 'clean' })), 'run')).toEqual([])
  expect(only(world.tell(changed), 'run')).toHaveLength(1)
})

test('[WH33] nothing is sent before a pause is over', () => {
  const world = open()
  const tag = tagOf(world.tell(serve([webhook])))
  const waits = world.tell(ran(tag, { kind: 'waits', until: 2_000, left: [{ kind: 'again' }] }))
  expect(only(waits, 'wake')).toEqual([{ kind: 'wake', key: 't_acme/pager', at: 2_000 }])
  expect(only(world.tell(changed), 'run')).toEqual([])
  world.now = 2_000
  expect(only(world.tell({ kind: 'woke', key: 't_acme/pager' }), 'run')).toHaveLength(1)
})

test('[WH33] one that its shard has no longer, or that nobody names any more, is let go of', () => {
  const world = open()
  const tag = tagOf(world.tell(serve([webhook])))
  world.tell(ran(tag, { kind: 'lost' }))
  expect(caresFor(world.state, 't_acme')).toBe(false)
  expect(only(world.tell(changed), 'run')).toEqual([])
  tagOf(world.tell(serve([webhook])))
  expect(caresFor(world.state, 't_acme')).toBe(true)
  world.tell(serve([]))
  expect(caresFor(world.state, 't_acme'), 'its round is under way').toBe(true)
  world.tell({ kind: 'ranNot', tag: world.state.lastTag, why: 'unavailable', retryAfterMs: 1 })
  expect(caresFor(world.state, 't_acme')).toBe(false)
})

test('[WH34] what is on its way is bounded, and each is answered', () => {
  const world = open()
  const outgoing = { url: 'https://a.example/', headers: {}, body: '{}' }
  const post = (n: number) => world.tell({ kind: 'post', outgoing, from: { address: 'a', tag: n } })
  for (let n = 0; n < 1_024; n++) expect(only(post(n), 'post')).toHaveLength(1)
  expect(only(post(1_024), 'reply')).toMatchObject([{ to: { tag: 1_024 }, message: { kind: 'failed' } }])
  const posted = { kind: 'answered', status: 204, tookMs: 1 } as const
  expect(only(world.tell({ kind: 'posted', tag: 1, posted }), 'reply')).toEqual([
    { kind: 'reply', to: { address: 'a', tag: 0 }, message: posted },
  ])
  expect(only(post(1_025), 'post')).toHaveLength(1)
})
