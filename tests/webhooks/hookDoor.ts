/** A node's webhooks over HTTP, and tasks whose results are held, so that there is something to tell. */
import type { Client } from '../integration/client.js'
import { type Door, openIdleAgent, openProducer, submitOne, tenant, tokenOf } from '../integration/world.js'
import type { Target } from './target.js'

export const flags = { webhookNetworks: '127.0.0.0/8' }

export type Called = { readonly status: number; readonly body: Readonly<Record<string, unknown>> }

export const call = async ({ url }: Door, method: string, path: string, body?: object): Promise<Called> => {
  const authorization = `Bearer ${await tokenOf({ sub: 'root', roles: ['admin'] })}`
  const response = await fetch(`${url}/v1/tenants/${tenant}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Called['body'] }
}

/** A webhook of all cards; returns its secret. */
export const hook = async (door: Door, name: string, { url }: Target): Promise<string> => {
  const { status, body } = await call(door, 'PUT', `/webhooks/${name}`, { url, cards: true })
  if (status !== 200) throw new Error(JSON.stringify(body))
  return String(body.secret)
}

export type Workers = { readonly producer: Client; readonly agent: Client }

export const openWorkers = async (door: Door): Promise<Workers> => ({
  producer: await openProducer(door),
  agent: await openIdleAgent(door),
})

/** A result that is held, and its card opened. */
export const hold = async ({ producer, agent }: Workers): Promise<void> => {
  const id = await submitOne(producer)
  const { lease } = await agent.task(id)
  await agent.request('result', { task: id, lease, output: 'the password is tulip', confidence: 0.9 })
  await agent.request('pull', { credits: 1 })
}
