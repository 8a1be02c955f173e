/** Several cards in one go: picked by keyboard and by mouse, decided one by one, and told of each. */
import { expect, test } from 'vitest'
import { openOperator } from '../integration/world.js'
import { OneWay } from './oneWay.js'
import { type Seat, World, withBrowser } from './world.js'

withBrowser()

const holdSome = async (world: World, count: number): Promise<readonly string[]> => {
  const tasks: string[] = []
  for (let n = 0; n < count; n++) tasks.push(await world.hold({ output: `answer ${n}` }))
  return tasks
}

const statuses = (world: World, tasks: readonly string[]) =>
  Promise.all(tasks.map(async (task) => (await world.record(task)).status))

const rows = ({ page }: Seat) => page.locator('.row')

/** How many are picked, as the page says. */
const picked = (seat: Seat, words: string) => seat.page.locator('.bulk-count', { hasText: words }).waitFor()

test('[CO24] x picks cards and Shift x a range; r rejects the list with one code and reason', async () => {
  const world = await World.open()
  const tasks = await holdSome(world, 5)
  const seat = await world.operator()
  await seat.canDecide(tasks[0])
  await seat.press('x')
  await picked(seat, '1 card picked')
  await seat.press('j', 'j')
  await seat.canDecide(tasks[2])
  await seat.press('Shift+X')
  await picked(seat, '3 cards picked')
  // Put back, and picked again.
  await seat.press('x')
  await picked(seat, '2 cards picked')
  await seat.press('x', 'r')
  expect(await seat.page.locator('.bulk .picks li').allInnerTexts()).toHaveLength(3)
  await seat.press('Control+Enter')
  expect(await statuses(world, tasks)).toEqual(Array(5).fill('NEEDS_REVIEW'))
  await seat.type('All of another customer.')
  await seat.press('Control+Enter')
  await seat.notice('3 rejected.')
  expect(await statuses(world, tasks)).toEqual(['REJECTED', 'REJECTED', 'REJECTED', 'NEEDS_REVIEW', 'NEEDS_REVIEW'])
  expect(await world.record(tasks[1] ?? '')).toMatchObject({
    rejection: { operatorId: 'olga', reason: 'All of another customer.', reasonCode: 'WRONG' },
  })
  // The focus is on the next card that waits, and nobody was told that another had decided.
  await seat.canDecide(tasks[3])
  expect(await seat.page.getByText('Decided elsewhere').count()).toBe(0)
  expect(await seat.page.locator('.bulk .answer').allInnerTexts()).toEqual(Array(3).fill('Rejected.'))
  await seat.press('Escape')
  await seat.page.locator('.bulk .answer').first().waitFor({ state: 'detached' })
  expect(seat.complaints).toEqual([])
})

test('[CO24] the mouse picks by the box, Shift and a click a range, and approves them; Escape lets go', async () => {
  const world = await World.open()
  const tasks = await holdSome(world, 4)
  const seat = await world.operator()
  const { page } = seat
  await seat.canDecide(tasks[0])
  await rows(seat).nth(0).locator('.pick').click()
  await picked(seat, '1 card picked')
  await seat.press('Escape')
  await page.locator('.bulk-count:empty').waitFor({ state: 'attached' })
  await rows(seat).nth(1).locator('.pick').click()
  await rows(seat)
    .nth(3)
    .click({ modifiers: ['Shift'] })
  await picked(seat, '3 cards picked')
  expect(await rows(seat).nth(2).getAttribute('aria-checked')).toBe('true')
  // While cards are picked the buttons of the open card are off.
  await page.locator('.verdict', { hasText: 'Cards are picked in the list' }).waitFor()
  await page.getByRole('button', { name: /^Approve all/ }).click()
  await page.getByRole('button', { name: /^Approve 3 cards/ }).click()
  await seat.notice('3 approved.')
  expect(await statuses(world, tasks)).toEqual(['NEEDS_REVIEW', 'APPROVED', 'APPROVED', 'APPROVED'])
})

test('[CO24] where keys of one letter are off, Space picks in the list, and Tab reaches the buttons', async () => {
  const world = await World.open()
  const tasks = await holdSome(world, 3)
  const seat = await world.operator()
  await seat.canDecide(tasks[0])
  await seat.press('?', 'Space', 'Escape')
  await seat.page.getByRole('dialog').waitFor({ state: 'hidden' })
  await seat.page.getByRole('listbox').focus()
  await seat.press('x', 'Space', 'ArrowDown', 'ArrowDown')
  await seat.canDecide(tasks[2])
  await seat.press('Shift+Space')
  await picked(seat, '3 cards picked')
  await seat.press('Tab', 'Enter', 'Control+Enter')
  await seat.notice('3 approved.')
  expect(await statuses(world, tasks)).toEqual(Array(3).fill('APPROVED'))
})

test('[CO25] a card of high severity can’t be picked, alone or in a range, and the page says why', async () => {
  const world = await World.open()
  const high = await world.hold({ output: 'the password is swordfish', confidence: 0.95 })
  const tasks = await holdSome(world, 2)
  const seat = await world.operator()
  await seat.canDecide(high)
  await seat.press('x')
  await seat.notice('It is of high severity')
  expect(await rows(seat).nth(0).getAttribute('aria-checked')).toBeNull()
  await seat.press('j', 'j')
  await seat.canDecide(tasks[1])
  await seat.press('x', 'k', 'k')
  await seat.canDecide(high)
  await seat.press('Shift+X')
  await seat.notice('1 of high severity left out')
  await picked(seat, '2 cards picked')
  await seat.press('a', 'Control+Enter')
  await seat.notice('2 approved.')
  expect(await statuses(world, [high, ...tasks])).toEqual(['NEEDS_REVIEW', 'APPROVED', 'APPROVED'])
})

test('[CO26] what changed, was decided or taken meanwhile is told of each, and stays in the list while it waits', async () => {
  const world = await World.open()
  const admin = await openOperator(world, { tenant: world.tenant, roles: ['admin'], sub: 'root' })
  const tasks = await holdSome(world, 3)
  const seat = await world.operator()
  await seat.canDecide(tasks[0])
  await seat.press('x', 'j', 'j')
  await seat.canDecide(tasks[2])
  await seat.press('Shift+X')
  await picked(seat, '3 cards picked')
  const { cards } = await admin.request('cards')
  const [first, second] = cards as readonly { readonly reviewId: string }[]
  await admin.request('decide', { review: first?.reviewId, status: 'REJECTED', reason: 'no' })
  await admin.request('claim', { review: second?.reviewId })
  await seat.press('a', 'Control+Enter')
  await seat.notice('1 approved, 2 not')
  expect(await seat.page.locator('.bulk .answer').allInnerTexts()).toEqual([
    'Somebody else has decided it.',
    'Another operator has it.',
    'Approved.',
  ])
  expect(await statuses(world, tasks)).toEqual(['REJECTED', 'NEEDS_REVIEW', 'APPROVED'])
  await rows(seat).filter({ hasText: 'answer 1' }).waitFor()
  await seat.page.locator('.refused', { hasText: 'answer 1' }).getByRole('button', { name: 'Look at it' }).click()
  await seat.page.locator('.verdict', { hasText: 'root has this card.' }).waitFor()
})

test('[CO26] an edit that others approved since it was picked is not approved unseen', async () => {
  const world = await World.open()
  const admin = await openOperator(world, { tenant: world.tenant, roles: ['admin'], sub: 'root' })
  await admin.request('setPolicy', { policy: JSON.stringify({ approvals: { normal: 2 } }) })
  const [task = ''] = await holdSome(world, 1)
  const seat = await world.operator()
  await seat.canDecide(task)
  await seat.press('x')
  const { cards } = await admin.request('cards')
  const [card] = cards as readonly { readonly reviewId: string; readonly version: number }[]
  await admin.request('decide', { review: card?.reviewId, version: card?.version, status: 'APPROVED', edited: 'other' })
  await seat.press('a', 'Control+Enter')
  await seat.page.locator('.bulk .answer', { hasText: 'It changed since you picked it' }).waitFor()
  expect(await statuses(world, [task])).toEqual(['NEEDS_REVIEW'])
})

test('[CO26] what another makes of a card that the list approved, and that waits for one more, is told', async () => {
  const world = await World.open()
  const admin = await openOperator(world, { tenant: world.tenant, roles: ['admin'], sub: 'root' })
  await admin.request('setPolicy', { policy: JSON.stringify({ approvals: { normal: 2 } }) })
  const [task = ''] = await holdSome(world, 1)
  const seat = await world.operator()
  await seat.canDecide(task)
  await seat.press('x', 'a', 'Control+Enter')
  await seat.page.locator('.bulk .answer', { hasText: 'Your approval counts.' }).waitFor()
  const { cards } = await admin.request('cards')
  const [card] = cards as readonly { readonly reviewId: string }[]
  await admin.request('decide', { review: card?.reviewId, status: 'REJECTED', reason: 'no' })
  await seat.notice('Decided elsewhere: rejected by root.')
})

test('[CO24] when the last pick is put back the form closes, and the next pick doesn’t open it', async () => {
  const world = await World.open()
  const tasks = await holdSome(world, 2)
  const seat = await world.operator()
  const form = seat.page.locator('.bulk form')
  await seat.canDecide(tasks[0])
  await seat.press('x', 'r')
  await form.waitFor()
  await rows(seat).nth(0).locator('.pick').click()
  await form.waitFor({ state: 'detached' })
  await rows(seat).nth(1).locator('.pick').click()
  await picked(seat, '1 card picked')
  await seat.page.getByRole('button', { name: /^Reject all/ }).waitFor()
  expect(await form.count()).toBe(0)
})

test('[CO33] a list whose answer was lost is sent again over the next connection, and each card counts once', async () => {
  const world = await World.open()
  const admin = await openOperator(world, { tenant: world.tenant, roles: ['admin'], sub: 'root' })
  const tasks = await holdSome(world, 3)
  const line = await OneWay.to(world.url)
  const seat = await world.operator({}, { url: line.url })
  await seat.canDecide(tasks[0])
  await seat.press('x', 'j')
  await seat.canDecide(tasks[1])
  await seat.press('x')
  await picked(seat, '2 cards picked')
  line.loseAnswers()
  await seat.press('a', 'Control+Enter')
  await picked(seat, 'Approving 2 cards')
  await expect.poll(() => statuses(world, tasks)).toEqual(['APPROVED', 'APPROVED', 'NEEDS_REVIEW'])
  line.cut()
  await seat.notice('2 approved.')
  await seat.canDecide(tasks[2])
  const { entries } = await admin.request('audit')
  const decided = (entries as readonly { readonly kind: string; readonly task?: string }[])
    .filter(({ kind }) => kind === 'decided')
    .map(({ task }) => task)
  expect([...decided].sort()).toEqual(tasks.slice(0, 2).sort())
})
