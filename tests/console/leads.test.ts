/** What those who lead the review see: calibration, numbers, and where the fleet is busy. */
import { expect, test } from 'vitest'
import { openReviewer } from '../integration/world.js'
import { OneWay } from './oneWay.js'
import { decideOn, type Seat, World, withBrowser } from './world.js'

withBrowser()

/** Decided over the wire: three approved of confidence 0.6, one approved and one rejected of 0.3. */
const openDecided = async (): Promise<World> => {
  const world = await World.open()
  const operator = await openReviewer(world, { tenant: world.tenant })
  for (const [confidence, status] of [
    [0.6, 'APPROVED'],
    [0.6, 'APPROVED'],
    [0.6, 'APPROVED'],
    [0.3, 'APPROVED'],
    [0.3, 'REJECTED'],
  ] as const)
    await decideOn(operator, await world.hold({ output: 'an answer', confidence }), { status, reason: 'so' })
  return world
}

const cells = ({ page }: Seat, table: string, row: string) =>
  page.getByRole('region', { name: table, exact: true }).getByRole('row', { name: row }).locator('td').allInnerTexts()

test('[CO54] calibration shows bands with intervals, drawn and as a table, and what another threshold would have done', async () => {
  const world = await openDecided()
  const seat = await world.operator()
  const { page } = seat
  await page.getByRole('link', { name: 'Calibration' }).press('Enter')
  await page.locator('.curve svg').waitFor()
  const bands = 'Approved as held, by band of confidence'
  expect(await cells(seat, bands, '0.6 to 0.7')).toEqual(['3', '0.60', '0', '0', '100 % (44 % to 100 %)'])
  expect(await cells(seat, bands, '0.3 to 0.4')).toEqual(['2', '0.30', '0', '1', '50 % (9 % to 91 %)'])
  expect(await page.locator('.curve .point').count()).toBe(2)
  const thresholds = 'What moving the threshold would have done'
  expect(await cells(seat, thresholds, '0.30')).toEqual(['5', '1', '20 % (4 % to 62 %)'])
  expect(await cells(seat, thresholds, '0.60')).toEqual(['3', '0', '0 % (0 % to 56 %)'])
  expect(seat.complaints).toEqual([])
})

test('[CO54] it is of one queue, or one agent, by choice', async () => {
  const world = await openDecided()
  const seat = await world.operator()
  const { page } = seat
  await page.getByRole('link', { name: 'Calibration' }).click()
  await page.getByRole('region', { name: 'By agent' }).getByRole('rowheader', { name: 'bot' }).waitFor()
  await page.getByRole('combobox', { name: 'Agent' }).selectOption('bot')
  await page.getByRole('combobox', { name: 'Queue' }).selectOption('q')
  await page.getByText('of 5 as they were held').waitFor()
  await page.getByRole('combobox', { name: 'Window' }).selectOption('1')
  await page.getByText('of 5 as they were held').waitFor()
})

test('[CO54] figures of one choice don’t stand under another, and where nothing is chosen the node is asked once', async () => {
  const world = await openDecided()
  const line = await OneWay.to(world.url)
  const seat = await world.operator({}, { url: line.url })
  const { page } = seat
  const asked: string[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => asked.push(payload.toString())))
  await page.reload()
  await seat.signIn(await world.token())
  await page.getByRole('link', { name: 'Calibration' }).click()
  await page.getByText('of 5 as they were held').waitFor()
  // One message can hold several requests.
  expect(asked.join('').match(/calibration/g)).toHaveLength(1)
  line.loseAnswers()
  await page.getByRole('combobox', { name: 'Window' }).selectOption('7')
  await page.getByText('Reading …').waitFor()
  expect(await page.locator('.curve').count()).toBe(0)
})

test('[CO54] where nothing was decided it says so', async () => {
  const world = await World.open()
  const seat = await world.operator()
  await seat.page.getByRole('link', { name: 'Calibration' }).click()
  await seat.page.getByText('Nobody has decided on a result').waitFor()
  await seat.page.getByRole('link', { name: 'Numbers' }).click()
  await seat.page.getByText('Nobody has decided anything in that time.').waitFor()
})

test('[CO55] the numbers are those that the node counts', async () => {
  const world = await openDecided()
  await world.hold({ output: 'it waits' })
  const seat = await world.operator({ roles: ['admin'], sub: 'root' })
  const { page } = seat
  await page.getByRole('link', { name: 'Numbers' }).press('Enter')
  await page.getByText('Waiting now: 1').waitFor()
  const [decisions, approved, edited, rejected, perHour] = await cells(seat, 'Decisions by operator', 'olga')
  expect([decisions, approved, edited, rejected, perHour]).toEqual(['5', '4', '0', '1', '5.0'])
  const [cards, half] = await cells(seat, 'Until it was decided', 'normal')
  expect(cards).toBe('5')
  expect(half).toMatch(/^\d+\.\d s$/)
  expect((await cells(seat, 'Until somebody looked at it', 'high'))[0]).toBe('0')
  await page.getByText(/of 5 decisions whose time is known/).waitFor()
  await page.getByText('No cards that several people saw yet.').waitFor()
  expect(seat.complaints).toEqual([])
})

test('[CO56] the fleet shows for each queue how many of its agents are at work, and how much they hold', async () => {
  const world = await World.open()
  await world.busyAgent('busy', 3)
  const seat = await world.operator()
  await seat.page.getByRole('link', { name: 'Fleet' }).click()
  const queue = (name: string) => seat.page.locator('.heat li', { has: seat.page.getByText(name, { exact: true }) })
  await queue('busy').getByText('1 of 1 at work, 3 tasks in hand').waitFor()
  await queue('q').getByText('0 of 1 at work, 0 tasks in hand').waitFor()
  expect(await queue('busy').getAttribute('class')).not.toBe(await queue('q').getAttribute('class'))
})
