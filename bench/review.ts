/**
 * The figures of the review: is the console quicker than a mouse, and how much can be decided? Beside each the floor of
 * the same run: an echo, or a page of plain rows.
 *
 * `node dist/bench/review.js [--tiny] [CASE …]`, with `screen`, `resume`, `decide`, `list` and `load` for cases; all
 * without. It needs `/usr/bin/chromium`. What sealing and a rebuilt queue cost: `sealing.ts`, `reviewQueue.ts`.
 */
import type { Browser } from 'playwright-core'
import { openBrowser } from './browser/browser.js'
import { cardsOnScreen, echoOnScreen } from './browser/cardsOnScreen.js'
import { firstPage } from './browser/firstPage.js'
import { scrollConsole, scrollPlainList } from './browser/longList.js'
import { checkDelivered, holdCards } from './load/heldCards.js'
import { runLoad } from './load/runLoad.js'
import { shoot } from './load/shoot.js'
import { startBenchNode, startEcho } from './process/benchNode.js'
import { isTiny, printCase, printMachine } from './report.js'

const bench = 'review'
const operators = 8
/** Of each operator: no console has more, and a session takes 64. */
const underWay = 4
const connections = operators * underWay
const decisions = isTiny ? 32 : 10_000
/** Until the node's code is compiled. */
const decisionWarmup = isTiny ? 32 : 2_000
const rows = isTiny ? 100 : 10_000
const loads = isTiny ? 1 : 20

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name)

printMachine(bench, { ledger: 'embedded, fsync' })
const echo = await startEcho()
if (isWanted('resume')) await resume()
const node = await startBenchNode()
if (isWanted('decide')) {
  await decideOverHttp()
  await decideOverSockets()
}
if (['list', 'load', 'screen'].some(isWanted)) {
  const browser = await openBrowser()
  if (isWanted('list') || isWanted('load')) await manyCards(browser)
  if (isWanted('screen')) await screen(browser)
  await browser.close()
}
await Promise.all([echo.stop(), node.stop()])

async function resume(): Promise<void> {
  const messages = isTiny ? 20 : 2_000
  const found = await runLoad('echo', { url: echo.url, connections: 1, messages, underWay: 1, bytes: 256 })
  printCase(bench, 'echo, the floor', found)
  // A quick team of reviewers, and far more than people decide.
  for (const rate of isTiny ? [50] : [20, 200]) {
    const node = await startBenchNode()
    const [tasks, warmup] = isTiny ? [20, 5] : [30 * rate, 5 * rate]
    const { loadCpuUs: _, ...found } = await runLoad('review', {
      consoleUrl: node.url,
      workUrl: node.url,
      agentToken: await node.token('agent', 'agent'),
      producerToken: await node.token('app', 'producer'),
      operatorToken: await node.token('olga', 'operator'),
      agents: isTiny ? 10 : 100,
      tasks,
      warmup,
      rate,
    })
    await node.stop()
    const { cards, resumptions, completed, doubled } = found
    if (doubled > 0 || [cards, resumptions, completed].some((count) => count !== tasks + warmup))
      throw new Error(`of ${tasks + warmup} tasks: ${JSON.stringify(found)}`)
    printCase(bench, `decided and resumed, ${rate} decisions/s`, found)
  }
}

async function decideOverHttp(): Promise<void> {
  const body = '{"status":"APPROVED"}'
  const floor = await shoot({
    url: echo.url,
    connections,
    amount: decisions,
    shot: () => ({ method: 'POST', path: '/', token: 'none', body }),
  })
  printCase(bench, 'echo over HTTP, the floor', floor)
  const held = await holdCards(node, decisionWarmup + decisions)
  const token = await node.token('olga', 'operator')
  let next = 0
  const decide = (amount: number) => {
    const path = () => `/v1/tenants/t_bench/reviews/${held.reviews[next++]}/decision`
    return shoot({ url: node.url, connections, amount, shot: () => ({ method: 'POST', path: path(), token, body }) })
  }
  await decide(decisionWarmup)
  const before = await node.usage()
  const found = await decide(decisions)
  const after = await node.usage()
  const { outcomes, doubled } = await checkDelivered(held)
  const nodeUs = (after.cpuUs - before.cpuUs) / decisions
  printCase(bench, 'decisions over HTTP', { connections, ...found, nodeUs, outcomes, doubled })
}

async function decideOverSockets(): Promise<void> {
  const messages = decisions
  const floor = await runLoad('echo', {
    url: echo.url,
    connections: operators,
    messages,
    underWay: operators,
    bytes: 256,
  })
  printCase(bench, 'echo over sockets, the floor', floor)
  const held = await holdCards(node, decisionWarmup + decisions)
  const tokens: string[] = []
  for (let n = 0; n < operators; n++) tokens.push(await node.token(`operator${n}`, 'operator'))
  const before = await node.usage()
  const { loadCpuUs: _, ...found } = await runLoad('decide', {
    url: node.url,
    tokens,
    reviews: held.reviews,
    underWay,
    warmup: decisionWarmup,
  })
  const after = await node.usage()
  const { outcomes, doubled } = await checkDelivered(held)
  const nodeUs = (after.cpuUs - before.cpuUs) / (decisionWarmup + decisions)
  printCase(bench, 'decisions over sockets', { operators, underWay, ...found, nodeUs, outcomes, doubled })
}

/** The last on its node, as they stay: the list of them all, and the first page in front of it. */
async function manyCards(browser: Browser): Promise<void> {
  const held = await holdCards(node, rows)
  const token = await node.token('olga', 'operator')
  if (isWanted('list')) {
    printCase(bench, 'plain rows, the floor', { rows, ...(await scrollPlainList(browser, echo.url, rows)) })
    printCase(bench, 'list scrolled through', { rows, ...(await scrollConsole(browser, node.url, token, rows)) })
  }
  if (isWanted('load')) {
    printCase(bench, 'one row, the floor', await firstPage(browser, echo.url, token, loads))
    printCase(bench, 'first page', await firstPage(browser, `${node.url}/console/`, token, loads))
  }
  await held.end()
}

/** On nodes of its own, as the list begins empty. */
async function screen(browser: Browser): Promise<void> {
  const cards = isTiny ? 5 : 300
  printCase(bench, 'echo on screen, the floor', await echoOnScreen(browser, echo.url, cards))
  for (const otherRate of isTiny ? [50] : [0, 50]) {
    const order = { cards, warmup: isTiny ? 2 : 20, rate: 5, otherRate }
    const found = await cardsOnScreen(browser, order)
    if (found.missing > 0) throw new Error(`${found.missing} of ${cards} cards never came on screen`)
    printCase(bench, `card on screen, beside ${otherRate} other results/s`, found)
  }
}
