/** What fails while somebody reviews: the line, the node, the token. Nothing is lost, and it is said plainly. */
import { expect, test } from 'vitest'
import { spawnNode } from '../integration/childNode.js'
import { openReviewer, temporaryFolder } from '../integration/world.js'
import { OneWay } from './oneWay.js'
import { withBrowser, World } from './world.js'

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
  const seat = await world.operator({ ttlSeconds: 6 })
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
  const seat = await world.operator({ ttlSeconds: 6 })
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
