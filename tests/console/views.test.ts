/** Each view, in both themes and where there is little room: nothing that axe-core finds against WCAG 2.2 AA. */
import axe from 'axe-core'
import { expect, test } from 'vitest'
import { type Seat, withBrowser, World } from './world.js'

withBrowser()

const views = ['review', 'fleet', 'tasks', 'audit', 'policy'] as const

const openWorld = async (): Promise<World> => {
  const world = await World.open()
  await world.hold({ output: { note: 'my password is x\u202e', list: [1, null, 'a@example.com'] }, confidence: 0.9 })
  await world.hold({ output: 'AKIAIOSFODNN7EXAMPLE', confidence: 0.9 })
  await world.hold({ output: 'doubt', confidence: 0.2 })
  return world
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What is wrong, each with the place. */
async function findings({ page }: Seat): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ' ' + failureSummary)))`,
  )) as readonly string[]
  return found
}

const show = async ({ page }: Seat, view: (typeof views)[number]): Promise<void> => {
  await page.getByRole('link', { name: new RegExp(`^${view}$`, 'i') }).click()
  const seen = { review: '.card-body', fleet: '.bars', tasks: 'td', audit: 'td', policy: '.policy' }
  await page.locator(seen[view]).first().waitFor()
}

test.each(['light', 'dark'] as const)(
  '[CO50] no view has a fault that axe finds, in the %s theme',
  async (colorScheme) => {
    const world = await openWorld()
    const seat = await world.operator({ roles: ['admin'] }, { colorScheme })
    for (const view of views) {
      await show(seat, view)
      expect(await findings(seat), view).toEqual([])
    }
    await show(seat, 'review')
    await seat.canDecide()
    for (const key of ['r', 'e', '?']) {
      await seat.page.locator('.card-body').focus()
      await seat.press(key)
      await seat.page.locator(key === '?' ? 'dialog[open]' : 'form.decision').waitFor()
      expect(await findings(seat), key).toEqual([])
      await seat.press('Escape')
    }
    expect(seat.complaints).toEqual([])
  },
)

test.each([
  ['at a width of 320 px', { viewport: { width: 320, height: 640 } }],
  ['at a zoom of 200 %', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
])('[CO51] %s nothing is cut off sideways, and axe finds nothing', async (_what, options) => {
  const world = await openWorld()
  const seat = await world.operator({ roles: ['admin'] }, options)
  for (const view of views) {
    await show(seat, view)
    const beyond = await seat.page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    expect(beyond, view).toBe(0)
    expect(await findings(seat), view).toEqual([])
  }
})

test('[CO52] the theme can be chosen, and is there again after the page is loaded anew', async () => {
  const world = await World.open()
  const seat = await world.operator({}, { colorScheme: 'light' })
  const { page } = seat
  const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  const light = await ground()
  await page.locator('.settings summary').press('Enter')
  await page.getByLabel('Theme').selectOption('dark')
  await expect.poll(ground).not.toBe(light)
  const dark = await ground()
  await page.reload()
  await page.getByLabel('Token', { exact: true }).waitFor()
  expect(await ground()).toBe(dark)
})

test('[CO53] fleet, tasks, audit and policy show what the node has; the audit is for admins', async () => {
  const world = await openWorld()
  const seat = await world.operator()
  const { page } = seat
  await show(seat, 'fleet')
  await page.getByRole('rowheader', { name: 'bot' }).waitFor()
  await show(seat, 'tasks')
  expect(await page.getByText('NEEDS_REVIEW', { exact: true }).count()).toBeGreaterThanOrEqual(3)
  await page.getByRole('link', { name: 'Policy' }).click()
  await page.getByText(/^Version p_/).waitFor()
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByText('The audit log is for the role admin.').waitFor()
})
