/** From a result, as it left the agent, to its card's row on the screen of an operator who looks at the list. */
import type { Browser } from 'playwright-core'
import { type Latencies, latenciesOf } from '../load/latencies.js'
import { runLoad } from '../load/runLoad.js'
import { startBenchNode } from '../process/benchNode.js'
import { closePage, openConsole, openPage } from './browser.js'
import { echoRows, paintedRows } from './inPage.js'

export type OnScreenOrder = {
  readonly cards: number
  readonly warmup: number
  readonly rate: number
  readonly otherRate: number
}

export type OnScreen = Latencies & { readonly cards: number; readonly missing: number; readonly others: number }

/** The reader moves down and up: what was decided leaves the list by that. */
const moveMs = 500

export async function cardsOnScreen(browser: Browser, order: OnScreenOrder): Promise<OnScreen> {
  const node = await startBenchNode()
  const { warmup } = order
  const page = await openConsole(browser, node.url, await node.token('olga', 'operator'))
  const load = runLoad('screen', {
    url: node.url,
    agentToken: await node.token('agent', 'agent'),
    producerToken: await node.token('app', 'producer'),
    operatorToken: await node.token('ann', 'operator'),
    cards: warmup + order.cards,
    rate: order.rate,
    otherRate: order.otherRate,
  })
  await page.locator('.card-pane[data-ready=true]').waitFor()
  const reading = setInterval(() => {
    void page.keyboard.press('j').then(() => page.keyboard.press('k'))
  }, moveMs)
  const { cards, others } = await load
  clearInterval(reading)
  const paintedAt = await page.evaluate(paintedRows)
  await closePage(page)
  await node.stop()
  const counted = cards.slice(warmup)
  const times = counted.flatMap(({ review, sentAt }) => {
    const at = paintedAt[`card-${review}`]
    return at === undefined ? [] : [at - sentAt]
  })
  return { ...latenciesOf(times), cards: counted.length, missing: counted.length - times.length, others }
}

/** The floor. */
export async function echoOnScreen(browser: Browser, url: string, rows: number): Promise<Latencies> {
  const page = await openPage(browser, url)
  const times = await page.evaluate(echoRows, { url: url.replace('http', 'ws'), rows })
  await closePage(page)
  return latenciesOf(times)
}
