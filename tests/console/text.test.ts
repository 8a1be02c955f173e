/** Whatever an agent says is text on the page: it runs nothing, turns nothing around, hides nothing, and ends somewhere. */
import { expect, test } from 'vitest'
import { lineChanges } from '../../console/src/output/lineChanges.js'
import { rawJson } from '../../console/src/output/rawJson.js'
import { segmentsOf } from '../../console/src/output/segments.js'
import type { ReviewFinding } from '../../src/protocol/records.js'
import { openOperator } from '../integration/world.js'
import { World, withBrowser } from './world.js'

withBrowser()

const hostile = {
  script: '<script>window.wasRun = 1</script>',
  image: '<img src=x onerror="window.wasRun = 1">',
  svg: '<svg onload="window.wasRun = 1"><a href="javascript:window.wasRun=1">x</a></svg>',
  frame: '<iframe srcdoc="<script>parent.wasRun = 1</script>"></iframe>',
  entity: '&lt;b&gt; &#x202e;',
  style: '</style><style>body { display: none }</style>',
  bidi: 'pay \u202e000,1\u202c to me',
  hidden: 'un\u200bseen\u2060 \u{e0041}tag',
  '<b>key\u202e</b>': 'in a key',
}

test('[CO40] scripts, images and drawings in an output are shown as they are written, and nothing of them runs', async () => {
  const world = await World.open()
  const task = await world.hold({ output: hostile, payload: { said: hostile.script } })
  const seat = await world.operator()
  const { page } = seat
  await seat.canDecide(task)
  for (const tab of ['Tree', 'Text', 'Raw']) {
    await page.getByRole('tab', { name: tab }).click()
    const shown = await seat.text('.output [role=tabpanel]')
    for (const text of [hostile.image, hostile.svg, hostile.entity, hostile.style])
      expect(shown).toContain(tab === 'Raw' ? JSON.stringify(text).slice(1, -1) : text)
  }
  expect(await page.locator('.card-pane').locator('script, img, svg, iframe, style, b, a').count()).toBe(0)
  expect(await page.evaluate('window.wasRun')).toBeUndefined()
  expect(seat.complaints).toEqual([])
})

test('[CO41] characters that aren’t seen or turn the text are shown by their code, in values and keys, and counted', async () => {
  const world = await World.open()
  const task = await world.hold({ output: hostile })
  const seat = await world.operator()
  await seat.canDecide(task)
  const tree = await seat.text('.output .tree')
  expect(tree).toContain('pay ⟨U+202E⟩000,1⟨U+202C⟩ to me')
  expect(tree).toContain('un⟨U+200B⟩seen⟨U+2060⟩ ⟨U+E0041⟩tag')
  expect(tree).toContain('<b>key⟨U+202E⟩</b>')
  expect(tree).not.toMatch(/[\u200b\u202e\u2060]/)
  await seat.page.getByText('6 invisible or direction-changing characters').waitFor()
  await seat.page.getByRole('tab', { name: 'Raw' }).click()
  expect(await seat.text('.raw')).toContain('pay \\u202e000,1\\u202c to me')
})

test('[CO41] names that turn the text, of who has a card and in the list of tasks, are shown by their code', async () => {
  const world = await World.open()
  const task = await world.hold({ output: 'one' })
  const other = await openOperator(world, { tenant: world.tenant, sub: 'ro\u202eot' })
  const { cards } = await other.request('cards')
  const [card] = cards as readonly { readonly reviewId: string; readonly version: number }[]
  await other.request('claim', { review: card?.reviewId })
  const seat = await world.operator()
  const { page } = seat
  await page.locator('.row .standing', { hasText: 'ro⟨U+202E⟩ot' }).waitFor()
  await page.locator('.card-facts', { hasText: 'claimed by ro⟨U+202E⟩ot' }).waitFor()
  const { reviewId: review, version } = (await other.request('get', { review: card?.reviewId })).card as {
    readonly reviewId: string
    readonly version: number
  }
  await other.request('decide', { review, version, status: 'REJECTED', reason: 'no\u202e, no' })
  await page.locator('.row .standing', { hasText: 'by ro⟨U+202E⟩ot' }).waitFor()
  await page.getByRole('link', { name: 'Tasks' }).click()
  await page.locator('tr', { hasText: task }).filter({ hasText: 'no⟨U+202E⟩, no' }).waitFor()
  expect(await page.locator('body').innerText()).not.toContain('\u202e')
})

test('[CO42] a finding is marked where it is, and named there', async () => {
  const world = await World.open()
  const task = await world.hold({ output: { note: 'my password is x' }, confidence: 0.95 })
  const seat = await world.operator()
  await seat.canDecide(task)
  expect(await seat.text('.output mark')).toBe('password')
  expect(await seat.text('.output .finding-name')).toBe('1 Sensitive word')
  await seat.page.getByRole('tab', { name: 'Text' }).click()
  expect(await seat.text('.output mark')).toBe('password')
})

test('[CO43] half a megabyte in one line, and a value of great depth, are shown a piece at a time', async () => {
  const world = await World.open()
  const long = await world.hold({ output: 'x'.repeat(500_000), confidence: 0.1 })
  let deep: unknown = 'the bottom'
  for (let depth = 0; depth < 900; depth++) deep = [deep]
  const nested = await world.hold({ output: deep, confidence: 0.1 })
  const many = await world.hold({ output: Array.from({ length: 5_000 }, (_, n) => n), confidence: 0.1 })
  const seat = await world.operator()
  const { page } = seat
  await seat.canDecide(long)
  expect((await seat.text('.output .leaf')).length).toBeLessThan(25_000)
  await page.getByRole('button', { name: /Show more: 480,000 of 500,000/ }).click()
  await page.getByRole('button', { name: /Show more: 400,000 of 500,000/ }).waitFor()
  await seat.press('j')
  await seat.canDecide(nested)
  await page.getByRole('tab', { name: 'Text' }).click()
  await page.locator('.said', { hasText: 'the bottom' }).waitFor()
  await seat.press('j')
  await seat.canDecide(many)
  expect(await page.locator('.output .tree li').count()).toBeLessThan(200)
  expect(seat.complaints).toEqual([])
})

test('[CO41] a text is cut at findings and unseen characters, and is whole when it is put together again', () => {
  const finding = { reason: 'PII', rule: 'r', path: '', excerpt: '' } as ReviewFinding
  const text = 'ab\u200bcd\n😀e'
  const marks = [
    { start: 1, end: 4, finding, number: 1 },
    { start: 3, end: 99, finding, number: 2 },
  ]
  const segments = segmentsOf(text, marks)
  expect(segments.map((one) => one.text).join('')).toBe(text)
  expect(segments.filter(({ isUnseen }) => isUnseen).map((one) => one.text)).toEqual(['\u200b'])
  expect(segments.flatMap(({ ending }) => ending.map(({ number }) => number))).toEqual([1, 2])
  expect(segments.filter(({ marks: here }) => here.length === 2).map((one) => one.text)).toEqual(['c'])
})

test('[CO41] raw JSON says the same value, in characters that are what they look like', () => {
  const value = { text: 'a\u202eb\u00ad"\\u202e', big: 1n << 60n, $key: [null, true] }
  const text = rawJson(value)
  expect(text).not.toMatch(/[\u202e\u00ad]/)
  expect(JSON.parse(text)).toEqual({
    text: 'a\u202eb\u00ad"\\u202e',
    big: { $int: `${1n << 60n}` },
    $$key: [null, true],
  })
})

test('[CO44] what changed is told line by line, and makes the one text of the other', () => {
  const before = 'a\nb\nc\nd'
  const after = 'a\nx\nc\nd\ne'
  const lines = lineChanges(before, after)
  const side = (kind: 'gone' | 'new') =>
    lines.filter((line) => line.kind === 'same' || line.kind === kind).map(({ text }) => text)
  expect(side('gone').join('\n')).toBe(before)
  expect(side('new').join('\n')).toBe(after)
  expect(lines.filter(({ kind }) => kind !== 'same').map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'gone b',
    'new x',
    'new e',
  ])
  expect(lineChanges('a', 'a')).toEqual([{ kind: 'same', text: 'a' }])
})
