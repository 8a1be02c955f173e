/** Deciding on cards by the keyboard alone, in a real browser. */
import { expect, test } from 'vitest'
import { spawnNode } from '../integration/childNode.js'
import { openOperator, openReviewer, temporaryFolder } from '../integration/world.js'
import { Seat, World, withBrowser } from './world.js'

withBrowser()

test('[CO10] a token signs in, and one that is no good is told why', async () => {
  const world = await World.open()
  const seat = await Seat.open(world.url)
  const { page } = seat
  await page.getByLabel('Token', { exact: true }).waitFor()
  await seat.type(await world.token({ roles: ['producer'] }))
  await seat.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'role operator' }).waitFor()
  await page.getByLabel('Token', { exact: true }).fill('nonsense')
  await seat.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'no token' }).waitFor()
  await page.getByLabel('Token', { exact: true }).fill(await world.token())
  await seat.press('Enter')
  await page.getByText('No card matches.').waitFor()
  // The page is loaded anew: the token was in memory alone.
  await page.reload()
  await page.getByLabel('Token', { exact: true }).waitFor()
  await page.getByLabel('Keep it in this tab').check()
  await page.getByLabel('Token', { exact: true }).fill(await world.token())
  await seat.press('Enter')
  await page.getByText(/^Live: /).waitFor()
  await page.reload()
  await page.getByText(/^Live: /).waitFor()
  expect(seat.complaints).toEqual([])
})

test('[CO11] each press of a key moves by one card; a key held down counts once; keys can be turned off', async () => {
  const world = await World.open()
  const tasks: string[] = []
  for (let n = 0; n < 5; n++) tasks.push(await world.hold({ output: `answer ${n}` }))
  const seat = await world.operator()
  await seat.canDecide(tasks[0])
  await seat.press('j')
  await seat.canDecide(tasks[1])
  // Held down: the browser repeats it.
  await seat.page.keyboard.down('j')
  for (let n = 0; n < 3; n++) await seat.page.keyboard.down('j')
  await seat.page.keyboard.up('j')
  await seat.canDecide(tasks[2])
  await seat.press('k')
  await seat.canDecide(tasks[1])
  await seat.press('?')
  await seat.page.getByRole('dialog').getByLabel('Keys of one letter are on').waitFor()
  await seat.press('Space', 'Escape')
  await seat.page.getByRole('dialog').waitFor({ state: 'hidden' })
  await seat.press('a', 'j', 'r')
  await seat.canDecide(tasks[1])
  expect(await seat.page.getByRole('form').count()).toBe(0)
  expect(await world.record(tasks[1] ?? '')).toMatchObject({ status: 'NEEDS_REVIEW' })
})

test('[CO12] a approves: the output is released, and the focus is on the next card', async () => {
  const world = await World.open()
  const first = await world.hold({ output: { answer: 'yes' } })
  const second = await world.hold({ output: { answer: 'no' } })
  const seat = await world.operator()
  await seat.canDecide(first)
  await seat.press('a')
  await seat.notice('Approved.')
  await seat.canDecide(second)
  expect(await world.record(first)).toMatchObject({
    status: 'APPROVED',
    output: { answer: 'yes' },
    approval: { operatorId: 'olga' },
  })
  const focused = seat.page.locator('[role=listbox]:focus')
  const active = await focused.getAttribute('aria-activedescendant')
  expect(await seat.page.locator(`#${active}`).getAttribute('aria-selected')).toBe('true')
  expect(await world.record(second)).toMatchObject({ status: 'NEEDS_REVIEW' })
})

test('[CO13] r asks for a code and a text, and both reach the producer', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'wrong' })
  const seat = await world.operator()
  await seat.canDecide(task)
  await seat.press('r')
  await seat.press('Control+Enter')
  expect(await world.record(task)).toMatchObject({ status: 'NEEDS_REVIEW' })
  await seat.type('It names the wrong order.')
  await seat.press('Shift+Tab', 'ArrowDown', 'Tab', 'Control+Enter')
  await seat.notice('Rejected.')
  expect(await world.record(task)).toMatchObject({
    status: 'REJECTED',
    rejection: { by: 'operator', operatorId: 'olga', reason: 'It names the wrong order.', reasonCode: 'UNSAFE' },
  })
})

test('[CO14] of high severity nothing is approved without a typed reason', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'the password is swordfish', confidence: 0.95 })
  const seat = await world.operator()
  await seat.canDecide(task)
  await seat.press('a', 'Control+Enter')
  await seat.press('Escape', 'a')
  expect(await world.record(task)).toMatchObject({ status: 'NEEDS_REVIEW' })
  await seat.type('It is the example of the manual.')
  await seat.press('Control+Enter')
  await seat.notice('Approved.')
  expect(await world.record(task)).toMatchObject({
    status: 'APPROVED',
    approval: { reason: 'It is the example of the manual.' },
  })
})

test('[CO15] e edits the output: what is no JSON can’t be sent, what is good is released, and shown as a change', async () => {
  const world = await World.open()
  const task = await world.hold({ output: { answer: 'maybe' } })
  const seat = await world.operator()
  const { page } = seat
  await seat.canDecide(task)
  await seat.press('e', 'Control+a')
  await seat.type('{"answer": ')
  await page.locator('#edit-text[aria-invalid=true]').waitFor()
  await seat.press('Control+Enter')
  expect(await world.record(task)).toMatchObject({ status: 'NEEDS_REVIEW' })
  await seat.type('"yes"}')
  await page.locator('#edit-text[aria-invalid=false]').waitFor()
  // The draft stays where the operator leaves it.
  await seat.press('Escape', 'e')
  expect(await page.locator('#edit-text').inputValue()).toBe('{"answer": "yes"}')
  await page.getByRole('tab', { name: 'Changes' }).click()
  expect(await seat.text('.changes')).toMatch(/"maybe"[\s\S]*"yes"/)
  await page.locator('#edit-text').focus()
  await seat.press('Control+Enter')
  await seat.notice('Approved.')
  expect(await world.record(task)).toMatchObject({
    status: 'APPROVED',
    output: { answer: 'yes' },
    approval: { edited: true },
  })
})

test('[CO16] / searches, Escape ends it; the list shows another status', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'my password: one', confidence: 0.9 })
  await world.hold({ output: 'two' })
  const seat = await world.operator()
  const { page } = seat
  const rows = page.getByRole('option')
  await expect.poll(() => rows.filter({ hasText: /\w/ }).count()).toBeGreaterThan(1)
  await seat.press('/')
  await seat.type('password')
  await seat.press('Enter')
  await expect.poll(() => page.locator('.row').count()).toBe(1)
  await seat.canDecide(task)
  await seat.press('/', 'Escape')
  await expect.poll(() => page.locator('.row').count()).toBe(2)
  await page.getByLabel('Status', { exact: true }).selectOption('REJECTED')
  await page.getByText('No card matches.').waitFor()
})

test('[CO17] what another decided is shown at once, and can’t be decided any more', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'both look at it' })
  const other = await world.hold({ output: 'another' })
  const olga = await world.operator()
  const paul = await world.operator({ sub: 'paul' })
  await olga.canDecide(task)
  await paul.canDecide(task)
  await olga.press('a')
  await olga.notice('Approved.')
  await paul.notice('Decided elsewhere: approved by olga.')
  await paul.page.locator('.verdict', { hasText: 'The card is approved.' }).waitFor()
  // It stays where it is, marked, until the reader moves on.
  await expect.poll(() => paul.page.locator('.row.left').count()).toBe(1)
  await paul.press('r')
  expect(await paul.page.getByRole('form').count()).toBe(0)
  await paul.press('j')
  await paul.canDecide(other)
  await expect.poll(() => paul.page.locator('.row.left').count()).toBe(0)
})

test('[CO18] a card that another claimed can’t be decided here; after the release it can', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'one at a time' })
  const olga = await world.operator()
  const paul = await world.operator({ sub: 'paul' })
  await olga.canDecide(task)
  await paul.canDecide(task)
  await olga.press('c')
  await olga.notice('Claimed')
  await paul.page.locator('.verdict', { hasText: 'olga has this card.' }).waitFor()
  await paul.press('a')
  expect(await world.record(task)).toMatchObject({ status: 'NEEDS_REVIEW' })
  await olga.press('c')
  await olga.notice('Released')
  await paul.canDecide(task)
  await paul.press('a')
  await paul.notice('Approved.')
  expect(await world.record(task)).toMatchObject({ status: 'APPROVED', approval: { operatorId: 'paul' } })
})

test('[CO18] an admin takes a card over, and whoever had it is told', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'taken over' })
  const olga = await world.operator()
  const root = await world.operator({ sub: 'root', roles: ['admin'] })
  await olga.canDecide(task)
  await olga.press('c')
  await olga.notice('Claimed')
  await root.page.getByRole('button', { name: 'Take over' }).waitFor()
  await root.press('c')
  await root.notice('Claimed')
  await olga.page.locator('.verdict', { hasText: 'root has this card.' }).waitFor()
})

test('[CO19] before a card has been on screen for a moment, no key decides on it', async () => {
  const world = await World.open()
  const tasks = [
    await world.hold({ output: 'one' }),
    await world.hold({ output: 'two' }),
    await world.hold({ output: 'three' }),
  ]
  const seat = await world.operator()
  await seat.canDecide(tasks[0])
  await seat.press('a', 'a', 'a')
  await seat.notice('Approved.')
  await seat.canDecide(tasks[1])
  const records = await Promise.all(tasks.map((task) => world.record(task)))
  expect(records.map(({ status }) => status)).toEqual(['APPROVED', 'NEEDS_REVIEW', 'NEEDS_REVIEW'])
})

test('[CO20] the list stays where it is when cards come above, is read page by page, and draws the rows in sight alone', async () => {
  const world = await World.open()
  for (let n = 0; n < 230; n++) await world.hold({ output: `answer ${n}` })
  const seat = await world.operator()
  const { page } = seat
  const list = page.getByRole('listbox')
  await expect.poll(() => seat.listHeight()).toBe(200 * 68)
  expect(await page.locator('.row').count()).toBeLessThan(40)
  await list.evaluate((element) => element.scrollTo(0, 100 * 68))
  const at = async () => (await page.locator('.row', { hasText: 'answer 103' }).boundingBox())?.y
  const before = await at()
  await world.hold({ output: 'a password comes first', confidence: 0.9 })
  await page.getByRole('button', { name: /101 above/ }).waitFor()
  expect(await at()).toBe(before)
  await list.evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await expect.poll(() => seat.listHeight()).toBe(231 * 68)
})

test('[CO21] what is masked is shown on request, and that this is on record is said', async () => {
  const world = await World.open()
  const task = await world.hold({ output: { key: 'AKIAIOSFODNN7EXAMPLE' }, confidence: 0.95 })
  const seat = await world.operator()
  await seat.canDecide(task)
  expect(await seat.text('.card-pane')).not.toContain('AKIAIOSFODNN7EXAMPLE')
  await seat.page.getByRole('button', { name: 'Reveal what is masked' }).press('Enter')
  await seat.notice('on record')
  expect(await seat.text('.output .tree')).toContain('AKIAIOSFODNN7EXAMPLE')
})

test('[CO22] a claim is said again while its card is open, and one that has lapsed is told', async () => {
  const node = await spawnNode(await temporaryFolder(), { claimMs: '2000' })
  const world = await World.open(node)
  const task = await world.hold({ output: 'mine' })
  const watcher = await openReviewer(node, { tenant: world.tenant, sub: 'eve' })
  const seat = await world.operator()
  await seat.canDecide(task)
  await seat.press('c')
  const untilAfter = async (before: number) => {
    const { card } = await watcher.next('a claim', (frame) => claimOf(frame) > before)
    return claimOf({ card })
  }
  const first = await untilAfter(0)
  expect(await untilAfter(first)).toBeGreaterThan(first)
  await node.kill()
  await seat.notice('Your claim has lapsed')
})

const claimOf = (frame: object): number =>
  (frame as { readonly card?: { readonly claimedUntil?: number } }).card?.claimedUntil ?? 0

test('[CO23] whoever submitted it is refused where two have to approve, is told so, and can go on', async () => {
  const world = await World.open()
  const admin = await openOperator(world, { tenant: world.tenant, roles: ['admin'], sub: 'root' })
  await admin.request('setPolicy', { policy: JSON.stringify({ approvals: { normal: 2 } }) })
  const task = await world.hold({ output: 'by ann' })
  const ann = await world.operator({ sub: 'ann' })
  await ann.canDecide(task)
  await ann.press('a')
  await ann.page.locator('.notice.trouble').waitFor()
  await ann.canDecide(task)
  expect(await world.record(task)).toMatchObject({ status: 'NEEDS_REVIEW' })
})

test('[CO23] where two have to approve, the first is counted and can’t be the second', async () => {
  const world = await World.open()
  const admin = await openOperator(world, { tenant: world.tenant, roles: ['admin'], sub: 'root' })
  await admin.request('setPolicy', { policy: JSON.stringify({ approvals: { normal: 2 } }) })
  const task = await world.hold({ output: 'by two' })
  const olga = await world.operator()
  const paul = await world.operator({ sub: 'paul' })
  await olga.canDecide(task)
  await olga.press('a')
  await olga.notice('1 more needed')
  await olga.page.locator('.verdict', { hasText: 'You have approved it.' }).waitFor()
  await olga.press('a')
  await paul.page.getByText('approvals 1 of 2 (olga)').waitFor()
  expect(await world.record(task)).toMatchObject({ status: 'NEEDS_REVIEW' })
  await paul.canDecide(task)
  await paul.press('a')
  await paul.notice('Approved.')
  await expect.poll(async () => (await world.record(task)).status).toBe('APPROVED')
})
