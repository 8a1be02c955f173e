/** Each view, in both themes and where there is little room: nothing that axe-core finds against WCAG 2.2 AA. */
import axe from 'axe-core'
import { expect, test } from 'vitest'
import { openReviewer } from '../integration/world.js'
import { decideOn, type Seat, World, withBrowser } from './world.js'

withBrowser()

const views = ['review', 'fleet', 'tasks', 'numbers', 'calibration', 'audit', 'policy'] as const

const openWorld = async (): Promise<World> => {
  const world = await World.open()
  await world.hold({ output: { note: 'my password is x\u202e', list: [1, null, 'a@example.com'] }, confidence: 0.9 })
  await world.hold({ output: 'AKIAIOSFODNN7EXAMPLE', confidence: 0.9 })
  await world.hold({ output: 'doubt', confidence: 0.2 })
  const operator = await openReviewer(world, { tenant: world.tenant })
  const rejected = await world.hold({ output: { said: 'wrong' } })
  await decideOn(operator, rejected, { status: 'REJECTED', reason: 'It is wrong.' })
  await world.holdAgain(rejected, { output: { said: 'right' } })
  await world.question({ action: { pay: 480 }, summary: `For ${'a very long name '.repeat(20)}${'x'.repeat(200)}` })
  return world
}

const openCard = async ({ page }: Seat, text: string, seen: string): Promise<void> => {
  await page.locator('.row', { hasText: text }).click()
  await page.locator(seen).first().waitFor()
}

/** What the review shows on the way of a list of decisions, one after the other. */
const states: readonly (readonly [string, (seat: Seat) => Promise<void>])[] = [
  ['a question', (seat) => openCard(seat, 'very long name', '.question')],
  ['a second attempt', (seat) => openCard(seat, 'right', '.last-attempt .changes')],
  [
    'side by side',
    async ({ page }) => {
      await page.getByRole('tab', { name: 'Side by side' }).click()
      await page.locator('.last-attempt .beside').waitFor()
    },
  ],
  [
    'cards picked',
    async (seat) => {
      await seat.page.getByRole('listbox').focus()
      await seat.press('x')
      await seat.page.locator('.bulk-count', { hasText: '1 card picked' }).waitFor()
    },
  ],
  [
    'a list filled in',
    async (seat) => {
      await seat.press('r')
      await seat.page.locator('.bulk form').waitFor()
    },
  ],
  [
    'answers',
    async (seat) => {
      await seat.type('all wrong')
      await seat.press('Control+Enter')
      await seat.page.locator('.bulk .answer').waitFor()
    },
  ],
]

/** How far the page reaches beyond its window. */
const beyond = ({ page }: Seat) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

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
  const seen = {
    review: '.card-body',
    fleet: '.bars',
    tasks: 'td',
    numbers: '.careful',
    calibration: '.curve',
    audit: 'td',
    policy: '.policy',
  }
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
    for (const [state, reach] of states) {
      await reach(seat)
      expect(await findings(seat), state).toEqual([])
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
    expect(await beyond(seat), view).toBe(0)
    expect(await findings(seat), view).toEqual([])
  }
  await show(seat, 'review')
  for (const [state, reach] of states) {
    await reach(seat)
    expect(await beyond(seat), state).toBe(0)
    expect(await findings(seat), state).toEqual([])
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
