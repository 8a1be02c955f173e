/** A long list, scrolled by the wheel to its end, while it is read, and back: how long was each frame? */
import type { Browser, Page } from 'playwright-core'
import { closePage, openConsole, openPage } from './browser.js'
import { fillPlainList, listPlace, watchedFrames, watchFrames } from './inPage.js'

const rowPx = 68
/** Thirty windows a second: nobody reads, somebody looks for something. */
const stepPx = 5 * rowPx
const stepMs = 1_000 / 60
/** To look where the list stands costs a frame something. */
const lookSteps = 30
const slowMs = 50

export type FrameTimes = {
  readonly frames: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly over50: number
  readonly longTasks: number
  readonly longTaskMaxMs: number
}

export type ThereAndBack = { readonly down: FrameTimes; readonly up: FrameTimes }

export async function scrollConsole(browser: Browser, url: string, token: string, rows: number): Promise<ThereAndBack> {
  const page = await openConsole(browser, url, token)
  await page.locator('.row').first().waitFor()
  const found = await thereAndBack(page, rows)
  await closePage(page)
  return found
}

/** The floor. */
export async function scrollPlainList(browser: Browser, url: string, rows: number): Promise<ThereAndBack> {
  const page = await openPage(browser, url)
  await page.evaluate(fillPlainList, { rows, rowPx })
  const found = await thereAndBack(page, rows)
  await closePage(page)
  return found
}

async function thereAndBack(page: Page, rows: number): Promise<ThereAndBack> {
  await page.locator('.list').hover()
  await page.evaluate(watchFrames)
  await wheel(page, stepPx, ({ end }) => end >= rows * rowPx - 1)
  const { frameMs, longTaskMs } = await page.evaluate(watchedFrames)
  await wheel(page, -stepPx, ({ top }) => top <= 0)
  const all = await page.evaluate(watchedFrames)
  return {
    down: timesOf(frameMs, longTaskMs),
    up: timesOf(all.frameMs.slice(frameMs.length), all.longTaskMs.slice(longTaskMs.length)),
  }
}

type ListPlace = ReturnType<typeof listPlace>

async function wheel(page: Page, byPx: number, isThere: (place: ListPlace) => boolean): Promise<void> {
  const begin = performance.now()
  for (let steps = 1; ; steps++) {
    await page.mouse.wheel(0, byPx)
    await new Promise((resolve) => setTimeout(resolve, begin + steps * stepMs - performance.now()))
    if (steps % lookSteps === 0 && isThere(await page.evaluate(listPlace))) return
  }
}

function timesOf(frameMs: readonly number[], longTaskMs: readonly number[]): FrameTimes {
  const sorted = [...frameMs].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0
  return {
    frames: sorted.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    over50: sorted.filter((ms) => ms > slowMs).length,
    longTasks: longTaskMs.length,
    longTaskMaxMs: Math.max(0, ...longTaskMs),
  }
}
