import { afterEach, beforeEach, expect, it } from 'vitest'
import { World } from './chimera.js'

let world: World

beforeEach(async () => {
  world = new World()
  await world.serve()
})
afterEach(() => world.end())

it('[WH60] sets, lists, tries and removes webhooks', async () => {
  const made = await world.run(['webhook', 'set', 'pager', '--to', 'https://localhost:9/x', '--cards', 'on'])
  expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^pager: set\nsecret, .*: whsec_\S+\n$/) })
  const outcomes = ['webhook', 'set', 'pager', '--outcomes', 'shop/inbox,shop/other']
  expect((await world.run(outcomes)).stdout).toBe('pager: set\n')
  expect((await world.run(outcomes)).stdout).toBe('pager: as before\n')
  expect((await world.run(['webhook', 'list'])).stdout).toMatch(
    /^pager +OK +https:\/\/localhost:9\/x +cards shop\/inbox shop\/other +0 delivered +0 given up\n$/,
  )
  const tried = await world.run(['webhook', 'test', 'pager'])
  expect(tried).toMatchObject({ code: 1, stdout: expect.stringContaining('public internet') })
  expect((await world.run(['webhook', 'dead', 'pager'])).stderr).toContain('None was given up.')
  expect((await world.run(['webhook', 'resend', 'pager'])).stdout).toBe('pager: 0 are sent again\n')
  expect((await world.run(['webhook', 'remove', 'pager'])).stdout).toBe('pager: removed\n')
  expect((await world.run(['webhook', 'list'])).stderr).toContain('There are no webhooks.')
})

it('[WH60] says what it expected', async () => {
  const refused = await world.run(['webhook', 'set', 'pager', '--to', 'https://10.0.0.1/', '--cards', 'on'])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('public internet') })
  const wrong = await world.run(['webhook', 'set', 'pager', '--outcomes', 'inbox'])
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('shop/inbox') })
  expect(await world.run(['webhook'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected one of set'),
  })
})

it('[LN13] shows how the review goes, and what confidence is worth', async () => {
  const numbers = await world.run(['review', 'numbers', '--days', '3'])
  expect(numbers).toMatchObject({ code: 0, stdout: expect.stringMatching(/^0 cards of 3 days\n/) })
  expect((await world.run(['review', 'calibration', '--queue', 'mail'])).stdout).toBe('0 cards of 7 days\n')
  expect(await world.json(['review', 'calibration'])).toMatchObject([{ cards: 0, bands: { length: 10 } }])
})
