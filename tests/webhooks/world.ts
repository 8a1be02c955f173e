/** Webhooks on the plain model ledger: deliveries carried out by hand, to targets that a test answers for. */
import type { Outgoing, Posted } from '../../src/actors/effects.js'
import { sealRecord } from '../../src/tasks/sealing.js'
import { shardOf } from '../../src/tasks/shardOf.js'
import { progressKey, progressOf, readWebhooksOf, type Webhook } from '../../src/tasks/webhook.js'
import { deliver, type Round } from '../../src/webhooks/delivery.js'
import { type Source, sourcesOf } from '../../src/webhooks/sources.js'
import type { WebhookRequests } from '../../src/webhooks/webhookRequests.js'
import { webhookRequests } from '../../src/webhooks/webhookRequests.js'
import { sub, subscriber, tenant, World } from '../tasks/world.js'

export const admin = { tenant, sub: 'root', roles: ['admin'] }
export const inbox = { sub, subscriber }

export type Sent = { readonly url: string; readonly headers: Outgoing['headers']; readonly event: Event }
export type Event = {
  readonly id: string
  readonly type: string
  readonly webhook: string
  readonly data: { readonly [field: string]: unknown; readonly card?: Readonly<Record<string, unknown>> }
}

export const arrived: Posted = { kind: 'answered', status: 204, tookMs: 3 }
export const refused: Posted = { kind: 'answered', status: 500, tookMs: 3 }

type Fields<Name extends keyof WebhookRequests> = Omit<Parameters<WebhookRequests[Name]>[1], 'id' | 'type'>

export class HookWorld {
  readonly tasks: World
  readonly requests: WebhookRequests
  readonly sent: Sent[] = []
  /** What becomes of the next one. */
  answer: (sent: Sent) => Posted = () => arrived
  epoch = 0
  #ids = 0

  constructor({ shards = 2 } = {}) {
    this.tasks = new World({ shards })
    const desk = { shards, newId: () => `id${++this.#ids}` }
    const whyRefused = (url: string) => (url.startsWith('https://') ? null : 'expected an https address')
    this.requests = webhookRequests({ desk, whyRefused })
    this.tasks.answerOf = (_to, message) => {
      const { url, headers, body } = (message as unknown as { readonly outgoing: Outgoing }).outgoing
      const sent = { url, headers, event: JSON.parse(body) as Event }
      this.sent.push(sent)
      return this.answer(sent)
    }
  }

  get home(): number {
    return shardOf(tenant, this.tasks.desk.shards)
  }

  /** What the call answers, or its error's code. */
  async ask<Name extends keyof WebhookRequests>(name: Name, fields: Fields<Name>, by = admin): Promise<Answered> {
    const perform = this.requests[name] as (by: object, frame: object, now: number) => ReturnType<WebhookRequests[Name]>
    const reply = await this.tasks.perform(perform(by, { id: 1, type: name, ...fields }, this.tasks.now))
    return reply.kind === 'ack' ? reply.fields : { code: reply.code, message: reply.message }
  }

  async set(fields: Partial<Fields<'setWebhook'>> = {}): Promise<Answered> {
    return this.ask('setWebhook', { name: 'pager', url: 'https://a.example/', cards: true, ...fields })
  }

  async webhook(): Promise<Webhook> {
    const [webhook] = await this.tasks.perform(readWebhooksOf(this.home))
    if (webhook === undefined) throw new Error('there is no webhook')
    return webhook
  }

  /** Seals what is on record, and delivers what there is, in rounds as its owner does. */
  async deliver({ epoch = this.epoch, sources }: { epoch?: number; sources?: readonly Source[] } = {}): Promise<Round> {
    await this.seal()
    const webhook = await this.webhook()
    let round: Round
    let left = sources ?? sourcesOf(webhook, this.tasks.desk.shards)
    do {
      round = await this.tasks.perform(deliver(this.tasks.desk, { shard: this.home, epoch }, webhook, left))
      if (round.kind === 'more') left = round.left
    } while (round.kind === 'more')
    return round
  }

  async seal(): Promise<void> {
    for (let shard = 0; shard < this.tasks.desk.shards; shard++) {
      await this.tasks.perform(sealRecord(this.tasks.desk, { shard, epoch: shard === this.home ? this.epoch : 0 }))
    }
  }

  async progress() {
    const [fields] = await this.tasks.ledger.read(this.home, [progressKey(tenant, 'pager')])
    return progressOf(fields ?? null)
  }

  get types(): readonly string[] {
    return this.sent.map(({ event }) => event.type)
  }
}

type Answered = Readonly<Record<string, unknown>>
