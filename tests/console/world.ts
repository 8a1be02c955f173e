/**
 * The console in a real browser, at a real node in a process of its own: with operators who see and press keys, and an
 * agent whose results are held.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { NodeProcess } from '../../src/prove/nodeProcess.js'
import { program } from '../integration/childNode.js'
import type { Client } from '../integration/client.js'
import { type Door, openIdleAgent, openProducer, secret, submitOne, tokenOf, type Who } from '../integration/world.js'
import { chromiumPath } from '../machine/chromium.js'

/** Whatever a test waits for is there by then, on a machine with much else to do. */
const waitMs = 15_000

let browser: Browser
let shared: NodeProcess
let tenants = 0

/** One browser and one node for all tests of a file: each test has a tenant, and each operator a profile, of its own. */
export function withBrowser(): void {
  const folder = mkdtempSync(join(tmpdir(), 'chimera-console-'))
  beforeAll(async () => {
    const command = [process.execPath, program] as const
    const node = NodeProcess.start({ name: 'node', folder, command, flags: {}, secret })
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
    shared = await node
  })
  afterAll(async () => {
    await browser?.close()
    await shared?.kill()
    rmSync(folder, { recursive: true, force: true })
  })
}

export type Held = { readonly output: unknown; readonly confidence?: number; readonly payload?: unknown }

/** A tenant, with an agent that says what it is told to. */
export class World {
  readonly url: string
  readonly tenant: string
  readonly #agent: Client
  readonly #producer: Client

  private constructor(url: string, tenant: string, agent: Client, producer: Client) {
    this.url = url
    this.tenant = tenant
    this.#agent = agent
    this.#producer = producer
  }

  static async open({ url }: Door = shared): Promise<World> {
    const tenant = `t_${++tenants}`
    const agent = await openIdleAgent({ url }, { tenant, capacity: 256 })
    const producer = await openProducer({ url }, { tenant })
    onTestFinished(() => {
      agent.close()
      producer.close()
    })
    return new World(url, tenant, agent, producer)
  }

  /** An agent says this, and the gate holds it. Gives the task's id. */
  async hold({ payload = { question: 'What is asked' }, ...held }: Held): Promise<string> {
    const task = await submitOne(this.#producer, { payload })
    await this.#answer(task, held)
    return task
  }

  /** A task that was rejected is tried again, and the gate holds that, too. Gives the new task's id. */
  async holdAgain(rejected: string, held: Held): Promise<string> {
    const task = String((await this.#producer.request('replay', { task: rejected })).task)
    await this.#answer(task, held)
    return task
  }

  async #answer(task: string, { output, confidence = 0.2 }: Held): Promise<void> {
    const { lease } = await this.#agent.task(task)
    await this.#agent.request('result', { task, lease, output, confidence, credits: 1 })
  }

  /** An agent asks before it acts, and the gate holds it. Gives the task's id. */
  async question(proposal: { readonly action: unknown; readonly summary?: string }): Promise<string> {
    const task = await submitOne(this.#producer, { payload: { question: 'What is asked' } })
    const { lease } = await this.#agent.task(task)
    await this.#agent.request('propose', { task, lease, key: 'k', confidence: 0.2, ...proposal })
    return task
  }

  /** What the agent hears of its question. */
  decision(task: string): Promise<Readonly<Record<string, unknown>>> {
    return this.#agent.frame('decision', { task })
  }

  /** An agent of that queue alone, with so many tasks in hand. */
  async busyAgent(queue: string, tasks: number): Promise<void> {
    const agent = await openIdleAgent(this, {
      tenant: this.tenant,
      sub: `worker-${queue}`,
      queues: [queue],
      capacity: 8,
    })
    onTestFinished(() => agent.close())
    for (let n = 0; n < tasks; n++) await agent.task(await submitOne(this.#producer, { queue }))
    await agent.settle()
  }

  /** What its producer reads of it. */
  async record(task: string): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#producer.request('get', { task })).task as Readonly<Record<string, unknown>>
  }

  token(who: Who = {}): Promise<string> {
    return tokenOf({ sub: 'olga', roles: ['operator'], tenant: this.tenant, ...who })
  }

  /** A window of an operator, signed in. */
  async operator(who: Who = {}, options: SeatOptions = {}): Promise<Seat> {
    const seat = await Seat.open(options.url ?? this.url, options)
    await seat.signIn(await this.token(who))
    return seat
  }
}

type Told = { readonly card?: { readonly reviewId: string; readonly taskId: string } }

/** Decides over the wire on the card of this task, as soon as the operator, who sees cards as they change, hears of it. */
export async function decideOn(operator: Client, task: string, verdict: object): Promise<void> {
  const told = (await operator.next('its card', (frame) => (frame as Told).card?.taskId === task)) as Told
  const review = told.card?.reviewId
  await operator.request('claim', { review })
  await operator.request('decide', { review, ...verdict })
}

export type SeatOptions = BrowserContextOptions & { readonly url?: string }

/** An operator before the console: what is on the page, and the keyboard. */
export class Seat {
  readonly page: Page
  /** What the browser complained of: scripts refused, errors of the page. */
  readonly complaints: string[] = []

  private constructor(page: Page) {
    this.page = page
    page.setDefaultTimeout(waitMs)
    page.on('pageerror', (error) => this.complaints.push(error.message))
    page.on('console', (message) => {
      // A connection that is cut is told there as well.
      const isOfNetwork = /WebSocket connection|ERR_|status of 4/.test(message.text())
      if (message.type() === 'error' && !isOfNetwork) this.complaints.push(message.text())
    })
  }

  static async open(url: string, options: BrowserContextOptions = {}): Promise<Seat> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    onTestFinished(() => context.close())
    const seat = new Seat(await context.newPage())
    await seat.page.goto(`${url}/console/`)
    return seat
  }

  /** By keyboard: the field has the focus. */
  async signIn(token: string): Promise<void> {
    await this.page.getByLabel('Token', { exact: true }).waitFor()
    await this.page.keyboard.insertText(token)
    await this.page.keyboard.press('Enter')
    await this.page.getByText(/^Live: /).waitFor()
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.insertText(text)
  }

  /** Waits until the open card is of this task, and can be decided. */
  async canDecide(task?: string): Promise<void> {
    if (task !== undefined) await this.page.locator('.facts').getByText(task, { exact: true }).waitFor()
    await this.page.locator('.card-pane[data-ready=true]').waitFor()
  }

  /** Waits for it among the notices. */
  notice(text: string | RegExp): Promise<void> {
    return this.page.locator('.notice', { hasText: text }).waitFor()
  }

  /** How tall the whole list is: of rows that aren't drawn as well. */
  listHeight(): Promise<number> {
    return this.page.locator('.rows').evaluate(({ clientHeight }) => Number(clientHeight))
  }

  text(selector: string): Promise<string> {
    return this.page.locator(selector).first().innerText()
  }
}
