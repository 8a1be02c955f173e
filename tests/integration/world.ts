/**
 * A real node on a real socket over a folder of its own, and those who connect to it: gone with the test.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readConfig } from '../../src/config.js'
import { startNode } from '../../src/main/node.js'
import type { Role } from '../../src/protocol/frames.js'
import { signToken } from '../../src/transport/authentication.js'
import { type Client, connect } from './client.js'

export const secret = 'the secret of integration tests, long enough'
export const tenant = 't_acme'

export type Who = {
  readonly sub?: string
  readonly tenant?: string
  readonly roles?: readonly string[]
  readonly ttlSeconds?: number
}

export type Flags = Readonly<Record<string, string>>

/** What all worlds have in common, whichever process their node is in. */
export type Door = { readonly url: string }

export const tokenOf = ({ sub = 'ann', tenant: of = tenant, roles = [], ttlSeconds = 3_600 }: Who): Promise<string> =>
  signToken(Buffer.from(secret), { sub, tenant: of, roles, ttlSeconds, now: Date.now() })

/** Connects without hello, with a token of that role alone unless `who` says otherwise. */
export const open = async ({ url }: Door, role: Role, who: Who = {}): Promise<Client> =>
  connect(url, role, await tokenOf({ roles: [role], ...who }))

export type AgentWho = Who & {
  readonly queues?: readonly string[]
  readonly capacity?: number
  readonly hello?: object
}

/** An agent that has said hello and asked for nothing yet. */
export const openAgent = async (door: Door, { queues = ['q'], capacity = 1, hello = {}, ...who }: AgentWho = {}) => {
  const agent = await open(door, 'agent', { sub: 'bot', ...who })
  const welcome = await agent.hello({ queues, capacity, ...hello })
  return Object.assign(agent, { welcome })
}

/** An agent that asked for as many tasks as it may have. */
export const openIdleAgent = async (door: Door, who: AgentWho = {}) => {
  const agent = await openAgent(door, who)
  await agent.request('pull', { credits: who.capacity ?? 1 })
  return agent
}

export const openProducer = async (door: Door, { subscriber = 's', ...who }: Who & { subscriber?: string } = {}) => {
  const producer = await open(door, 'producer', who)
  await producer.hello({ subscriber })
  return producer
}

export const openOperator = async (door: Door, who: Who = {}) => {
  const operator = await open(door, 'operator', { sub: 'olga', ...who })
  await operator.hello()
  return operator
}

/** Sees the cards of its tenant as they change. */
export const openReviewer = async (door: Door, who: Who = {}) => {
  const operator = await openOperator(door, who)
  await operator.request('subscribe')
  return operator
}

export type SubmittedTask = {
  readonly id: string
  readonly existing?: boolean
  readonly error?: { readonly code: string }
}

export const submit = async (producer: Client, ...tasks: readonly object[]): Promise<readonly SubmittedTask[]> => {
  const specs = tasks.map((task) => ({ ...('steps' in task ? {} : { queue: 'q' }), payload: null, ...task }))
  const { tasks: submitted } = await producer.request('submit', { tasks: specs })
  return submitted as readonly SubmittedTask[]
}

export const submitOne = async (producer: Client, task: object = {}): Promise<string> => {
  const [submitted] = await submit(producer, task)
  if (submitted?.id === undefined) throw new Error(`not accepted: ${JSON.stringify(submitted)}`)
  return submitted.id
}

/** The task's record, as its producer sees it. */
export const recordOf = async (producer: Client, task: string): Promise<Readonly<Record<string, unknown>>> =>
  (await producer.request('get', { task })).task as Readonly<Record<string, unknown>>

export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'chimera-integration-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export const configOf = (data: string, flags: Flags = {}) =>
  readConfig({ port: '0', logLevel: 'silent', data, ...flags }, { CHIMERA_JWT_SECRET: secret })

/** A node in this process. */
export const openWorld = async (flags: Flags = {}): Promise<Door> => {
  const node = await startNode(configOf(await temporaryFolder(), { drainMs: '0', ...flags }))
  onTestFinished(() => node.stop())
  return node
}
