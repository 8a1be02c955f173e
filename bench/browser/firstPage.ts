/** The console's first page, with nothing in the cache: what is loaded for it, and how long until its first row. */
import { gzipSync } from 'node:zlib'
import type { Browser, Response } from 'playwright-core'
import { type Latencies, latenciesOf } from '../load/latencies.js'
import { closePage, openPage } from './browser.js'
import { firstRowMs } from './inPage.js'

export type FirstPage = Latencies & {
  readonly loads: number
  readonly files: number
  readonly bytes: number
  readonly gzippedBytes: number
}

/** From the navigation to the first row painted. The token is there: how long somebody looks for it isn't ours. */
export async function firstPage(browser: Browser, url: string, token: string, loads: number): Promise<FirstPage> {
  const times: number[] = []
  let sizes = { files: 0, bytes: 0, gzippedBytes: 0 }
  for (let load = 0; load <= loads; load++) {
    const page = await openPage(browser, 'about:blank', token)
    const responses: Response[] = []
    page.on('response', (response) => {
      // The page's own files: what is asked of the node on it is no part of the page.
      if (response.url().startsWith(url)) responses.push(response)
    })
    await page.goto(url)
    await page.locator('.row').first().waitFor()
    const took = await page.evaluate(firstRowMs)
    // The first one warms up the browser and the node.
    if (load > 0 && took !== undefined) times.push(took)
    sizes = await sizesOf(responses)
    await closePage(page)
  }
  return { ...latenciesOf(times), loads: times.length, ...sizes }
}

async function sizesOf(responses: readonly Response[]) {
  const bodies = await Promise.all(responses.map((response) => response.body()))
  const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0)
  return {
    files: bodies.length,
    bytes: sum(bodies.map(({ length }) => length)),
    gzippedBytes: sum(bodies.map((body) => gzipSync(body).length)),
  }
}
