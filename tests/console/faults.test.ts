/** What fails while somebody reviews: the line, the node, the token. Nothing is lost, and it is said plainly. */
import { expect, test } from 'vitest'
import { spawnNode } from '../integration/childNode.js'
import { openReviewer, temporaryFolder } from '../integration/world.js'
import { OneWay } from './oneWay.js'
import { World, withBrowser } from './world.js'

withBrowser()

test('[CO30] a decision whose answer was lost is sent again over the next connection, and counts once', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'yes' })
  const other = await world.hold({ output: 'next' })
  const line = await OneWay.to(world.url)
  const seat = await world.operator({}, { url: line.url })
  await seat.canDecide(task)
  line.loseAnswers()
  await seat.press('a')
  await seat.page.locator('.verdict', { hasText: 'Approving' }).waitFor()
  await expect.poll(async () => (await world.record(task)).status).toBe('APPROVED')
  line.cut()
  await seat.notice('Approved.')
  await seat.canDecide(other)
  expect(await world.record(task)).toMatchObject({ status: 'APPROVED', approval: { operatorId: 'olga' } })
})

test('[CO31] without a connection nothing can be decided; when it is back, the card is in step again', async () => {
  const data = await temporaryFolder()
  const node = await spawnNode(data)
  const world = await World.open(node)
  const task = await world.hold({ output: 'yes' })
  const seat = await world.operator()
  await seat.canDecide(task)
  await seat.press('e', 'Control+a')
  await seat.type('"an edit under way"')
  await node.kill()
  await seat.page.getByText('No connection: trying again').waitFor()
  await seat.page.locator('.verdict', { hasText: 'There is no connection to the node.' }).waitFor()
  await seat.press('Control+Enter')
  const again = await spawnNode(data, { port: node.port })
  await seat.page.getByText(/^Live: /).waitFor()
  await seat.canDecide(task)
  expect(await seat.page.locator('#edit-text').inputValue()).toBe('"an edit under way"')
  const olga = await openReviewer(again, { tenant: world.tenant })
  await seat.page.locator('#edit-text').focus()
  await seat.press('Control+Enter')
  await seat.notice('Approved.')
  const { card } = await olga.next(
    'the card',
    ({ card: one }) => (one as { status?: string } | undefined)?.status === 'APPROVED',
  )
  expect(card).toMatchObject({ taskId: task, edited: 'an edit under way' })
})

test('[CO32] an expired token signs out, keeps the work, and is back where it was after signing in', async () => {
  const world = await World.open()
  await world.hold({ output: 'first' })
  const task = await world.hold({ output: 'second' })
  const seat = await world.operator({ ttlSeconds: 10 })
  await seat.press('j')
  await seat.canDecide(task)
  await seat.press('e', 'Control+a')
  await seat.type('"kept"')
  await seat.page.getByRole('heading', { name: 'Sign in again' }).waitFor()
  await seat.signIn(await world.token())
  await seat.canDecide(task)
  expect(await seat.page.locator('#edit-text').inputValue()).toBe('"kept"')
})

test('[CO32] whoever else signs in there sees nothing of it', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'first' })
  const seat = await world.operator({ ttlSeconds: 10 })
  await seat.canDecide(task)
  await seat.press('e', 'Control+a')
  await seat.type('"mine"')
  await seat.page.getByRole('heading', { name: 'Sign in again' }).waitFor()
  await seat.signIn(await world.token({ sub: 'paul' }))
  await seat.canDecide(task)
  expect(await seat.page.getByRole('form').count()).toBe(0)
  await seat.press('e')
  expect(await seat.page.locator('#edit-text').inputValue()).toBe('"first"')
})

test('[CO34] a reason that is being written is kept over a look at another card, and over an expired token', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'first' })
  const other = await world.hold({ output: 'second' })
  const seat = await world.operator({ ttlSeconds: 16 })
  const reason = seat.page.locator('#reject-reason')
  await seat.canDecide(task)
  await seat.press('r')
  await seat.type('It names the wrong')
  await seat.press('Escape', 'j')
  await seat.canDecide(other)
  await seat.press('r')
  expect(await reason.inputValue()).toBe('')
  await seat.press('Escape', 'k')
  await seat.canDecide(task)
  await seat.press('r', 'End')
  await seat.type(' order.')
  await seat.press('Shift+Tab', 'ArrowDown')
  await seat.page.getByRole('heading', { name: 'Sign in again' }).waitFor()
  await seat.signIn(await world.token())
  await seat.canDecide(task)
  expect(await reason.inputValue()).toBe('It names the wrong order.')
  await reason.focus()
  await seat.press('Control+Enter')
  await seat.notice('Rejected.')
  expect(await world.record(task)).toMatchObject({
    rejection: { reason: 'It names the wrong order.', reasonCode: 'UNSAFE' },
  })
})

test('[CO34] cards that are picked, and the reason for them, are kept over an expired token, with the view', async () => {
  const world = await World.open()
  const tasks = [await world.hold({ output: 'first' }), await world.hold({ output: 'second' })]
  const seat = await world.operator({ ttlSeconds: 14 })
  await seat.canDecide(tasks[0])
  await seat.press('x', 'j', 'x', 'r')
  await seat.type('Both are of another customer.')
  await seat.page.getByRole('link', { name: 'Fleet' }).click()
  await seat.page.getByRole('heading', { name: 'Sign in again' }).waitFor()
  await seat.signIn(await world.token())
  await seat.page.locator('.fleet').waitFor()
  await seat.page.getByRole('link', { name: 'Review' }).click()
  await seat.page.locator('.bulk-count', { hasText: '2 cards picked' }).waitFor()
  expect(await seat.page.locator('#list-reason').inputValue()).toBe('Both are of another customer.')
  await seat.page.locator('#list-reason').press('Control+Enter')
  await seat.notice('2 rejected.')
})

test('[CO35] an open console takes a newer token of the same person, and goes on over the end of the old one', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'first' })
  const oldLifeMs = 12_000
  const endsAt = Date.now() + oldLifeMs
  const seat = await world.operator({ ttlSeconds: oldLifeMs / 1_000 })
  const { page } = seat
  await seat.canDecide(task)
  await seat.press('e', 'Control+a')
  await seat.type('"under way"')
  await page.getByText(/^Your token expires in/).waitFor()
  const field = page.getByLabel('New token')
  await field.fill(await world.token({ sub: 'paul' }))
  await field.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'somebody else’s' }).waitFor()
  await field.fill(await world.token())
  await field.press('Enter')
  await seat.notice('The new token is in use.')
  await field.waitFor({ state: 'detached' })
  // What is decided after its end is decided with the new one, on a page that nobody was signed out of.
  await expect.poll(() => Date.now() > endsAt, { timeout: 2 * oldLifeMs }).toBe(true)
  await seat.canDecide(task)
  await page.locator('#edit-text').press('Control+Enter')
  await seat.notice('Approved.')
  expect(await world.record(task)).toMatchObject({ output: 'under way' })
  expect(await page.getByRole('heading', { name: 'Sign in again' }).count()).toBe(0)
})

/** Keeps what the page tells the browser to say; the browser says it all the same. */
const listening = `
  window.said = []
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options)
      window.said.push(title + ': ' + options.body)
    }
  }
  window.isAway = false
  Object.defineProperty(document, 'hidden', { get: () => window.isAway })
`

test('[CO36] the browser tells of a new card while the page is hidden, where that was chosen, and not what is in it', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'there before' })
  const seat = await world.operator({}, { permissions: ['notifications'] })
  const { page } = seat
  const said = () => page.evaluate('window.said') as Promise<readonly string[]>
  await page.evaluate(listening)
  await seat.canDecide(task)
  await page.evaluate('window.isAway = true')
  await world.hold({ output: 'before it was chosen' })
  await expect.poll(() => page.locator('.row').count()).toBe(2)
  await page.locator('.settings summary').press('Enter')
  await page.getByLabel('Notify me of new cards').press('Space')
  await world.hold({ output: 'my password is swordfish', confidence: 0.95 })
  await expect.poll(said).toEqual(['A card waits for review: Severity high, queue q'])
  // Seen as it comes: nobody needs to be told.
  await page.evaluate('window.isAway = false')
  await world.hold({ output: 'while somebody looks' })
  await expect.poll(() => page.locator('.row').count()).toBe(4)
  expect(await said()).toHaveLength(1)
})

test('[CO36] where the browser refuses, the page says so, and the choice is off', async () => {
  const world = await World.open()
  const seat = await world.operator({}, { permissions: [] })
  await seat.page.locator('.settings summary').press('Enter')
  await seat.page.getByLabel('Notify me of new cards').press('Space')
  await seat.notice('doesn’t allow notifications')
  await expect.poll(() => seat.page.getByLabel('Notify me of new cards').isChecked()).toBe(false)
})
