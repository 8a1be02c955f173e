import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { World } from './chimera.js'

let world: World

beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

const write = (name: string, content: unknown): string => {
  writeFileSync(join(world.folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return name
}

it('[PO40] shows the policy in force, puts a file into force, and says when another came first', async () => {
  await world.serve()
  const shown = await world.run(['policy', 'show'])
  const first = JSON.parse(shown.stdout) as { version: string; policy: unknown }
  expect(first).toEqual({ version: expect.stringMatching(/^p_/), policy: {} })
  write('shown.json', { ...first, policy: { samplePercent: 5 } })
  const applied = await world.run(['policy', 'apply', 'shown.json'])
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining(`before: ${first.version}`) })
  write('later.json', { ...first, policy: { samplePercent: 6 } })
  const late = await world.run(['policy', 'apply', 'later.json'])
  expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('CHANGED') })
  write('bare.json', { samplePercent: 5 })
  expect((await world.run(['policy', 'apply', 'bare.json'])).stdout).toContain('(as before)')
  expect(await world.json(['policy', 'backtest', 'bare.json'])).toMatchObject([{ counts: {}, isBounded: false }])
})

it('[PO40] checks a file without a node, and names what is wrong', async () => {
  expect((await world.run(['policy', 'check', write('good.json', { keywords: ['merger'] })])).stdout).toMatch(
    /right, p_/,
  )
  const wrong = await world.run(['policy', 'check', write('wrong.json', { queues: { mail: { keyword: [] } } })])
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('/queues/mail/keyword: there is no such field; did you mean keywords?'),
  })
  expect(await world.run(['policy', 'check', write('no.json', '{')])).toMatchObject({ code: 2 })
  expect(await world.run(['policy', 'check', 'missing.json'])).toMatchObject({ code: 2 })
})

it('[PO40] judges texts by a file: what is held, where and why', async () => {
  write('policy.json', { keywords: ['merger'], queues: { web: { rules: { 'keyword.merger': 'off' } } } })
  const input = 'all is well\nthe merger is on\n'
  const tried = await world.run(['policy', 'test', 'policy.json'], { input })
  expect(tried.code).toBe(1)
  expect(tried.stdout).toMatch(
    /1 +pass +all is well\n +2 +hold +the merger is on\n.*SENSITIVE_KEYWORD[\s\S]*keyword\.merger at \//,
  )
  expect((await world.run(['policy', 'test', 'policy.json', '--queue', 'web'], { input })).code).toBe(0)
  const values = await world.run(['policy', 'test', 'policy.json', '--values', '--json'], {
    input: '{"note":"merger"}\n',
  })
  expect(JSON.parse(values.stdout)).toMatchObject({ line: 1, kind: 'hold', findings: [{ path: '/note' }] })
  expect(await world.run(['policy', 'test', '-'], { input })).toMatchObject({ code: 2 })
})

it('[PO40] lists the rules, for people and as the tables of a page', async () => {
  expect((await world.run(['policy', 'rules'])).stdout).toMatch(
    /keyword\.password +SENSITIVE_KEYWORD +as its reason, always on/,
  )
  const tables = (await world.run(['policy', 'rules', '--markdown'])).stdout
  expect(tables).toContain('| `keyword.password` (always on) |')
  for (const line of tables.split('\n').filter((one) => one.startsWith('| `'))) {
    expect(line.replaceAll('\\|', '').split('|')).toHaveLength(6)
  }
  const rules = await world.json(['policy', 'rules'])
  expect(rules.find(({ id }) => id === 'keyword.ssn')).toMatchObject({ isSeed: true })
  expect(await world.run(['policy'])).toMatchObject({ code: 2, stderr: expect.stringContaining('backtest') })
})
