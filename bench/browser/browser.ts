/** Chromium, as Debian has it, with the console before an operator. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { beginPage } from './inPage.js'

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })

/** A page with nothing in its cache, of which each row is noted when it is painted. */
export const openPage = async (browser: Browser, url: string, token = 'none'): Promise<Page> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  await context.addInitScript(beginPage, { token })
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** Signed in, and connected. */
export const openConsole = async (browser: Browser, url: string, token: string): Promise<Page> => {
  const page = await openPage(browser, `${url}/console/`, token)
  await page.getByText(/^Live: /).waitFor()
  return page
}

export const closePage = (page: Page): Promise<void> => page.context().close()
