/** What a colleague edited: read without masks, edited further, and safe from an older draft. */
import { expect, test } from 'vitest'
import { isMasked } from '../../console/src/review/masked.js'
import type { ReviewCard } from '../../src/protocol/records.js'
import type { Client } from '../integration/client.js'
import { openOperator } from '../integration/world.js'
import { World, withBrowser } from './world.js'

withBrowser()

const key = 'AKIAIOSFODNN7EXAMPLE'

test('[CO37] a secret that stands in a colleague’s edit alone is shown on request, and an edit begins from it', async () => {
  const { world, colleague } = await openPair()
  const task = await world.hold({ output: { note: 'as it was held' } })
  await editAs(colleague, { note: key })
  const seat = await world.operator()
  const { page } = seat
  await seat.canDecide(task)
  await page.getByRole('tab', { name: 'Edited' }).click()
  expect(await seat.text('.output .tree')).toContain('••••••')
  await page.getByRole('button', { name: 'Reveal what is masked' }).press('Enter')
  await seat.notice('on record')
  expect(await seat.text('.output .tree')).toContain(key)
  await seat.press('e')
  expect(JSON.parse(await page.locator('#edit-text').inputValue())).toEqual({ note: key })
})

test('[CO37] a draft that was begun before a colleague’s edit can’t be sent in its place, and a new one begins from it', async () => {
  const { world, colleague } = await openPair()
  const task = await world.hold({ output: 'as it was held' })
  const seat = await world.operator()
  const { page } = seat
  await seat.canDecide(task)
  await seat.press('e', 'Control+a')
  await seat.type('"an old draft"')
  await seat.press('Escape')
  await editAs(colleague, 'by a colleague')
  await page.locator('.verdict', { hasText: 'Look at it as it stands now.' }).getByRole('button').first().press('Enter')
  await seat.canDecide(task)
  await seat.press('e')
  await page.getByText('The output changed since you began').waitFor()
  expect(await page.getByRole('button', { name: 'Approve edited' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Discard the draft' }).press('Enter')
  await seat.press('e')
  expect(await page.locator('#edit-text').inputValue()).toBe('"by a colleague"')
})

test('[CO37] where the gate failed and the whole is masked, it can be shown', () => {
  const card = { findings: [{ reason: 'GATE_ERROR' }], output: '••••••', payload: null } as unknown as ReviewCard
  expect(isMasked(card)).toBe(true)
  expect(isMasked({ ...card, output: 'as it stands' })).toBe(false)
})

/** Two have to approve there, so that an edit waits. */
async function openPair(): Promise<{ readonly world: World; readonly colleague: Client }> {
  const world = await World.open()
  const colleague = await openOperator(world, { tenant: world.tenant, roles: ['admin'], sub: 'root' })
  await colleague.request('setPolicy', { policy: JSON.stringify({ approvals: { normal: 2 } }) })
  return { world, colleague }
}

/** Approves the one card that waits, edited. */
async function editAs(colleague: Client, edited: unknown): Promise<void> {
  const { cards } = await colleague.request('cards')
  const [card] = cards as readonly { readonly reviewId: string; readonly version: number }[]
  await colleague.request('decide', { review: card?.reviewId, version: card?.version, status: 'APPROVED', edited })
}
