import { afterEach, beforeEach, expect, it } from 'vitest'
import { World } from './chimera.js'

let world: World

beforeEach(async () => {
  world = new World()
  await world.serve()
})
afterEach(() => world.end())

it('[FC16] pauses, bans, halts and resumes, and shows what stands', async () => {
  expect(await world.run(['pause', 'queue', 'mail', '--reason', 'a flood'])).toMatchObject({
    code: 0,
    stdout: 'queue mail PAUSED\n',
  })
  expect((await world.run(['pause', 'queue', 'mail'])).stdout).toBe('queue mail PAUSED (as before)\n')
  expect((await world.run(['ban', 'crawler/7'])).stderr).toContain('No agent of this name has been here yet')
  expect((await world.run(['halt'])).stdout).toBe('tenant HALTED, 0 tasks cancelled\n')
  const shown = (await world.run(['fleet'])).stdout
  expect(shown).toMatch(/^tenant +HALTED/)
  expect(shown).toMatch(/queue +mail +PAUSED +by .+ a flood\n/)
  expect(shown).toMatch(/agent +crawler\/7 +BANNED/)
  expect(await world.json(['resume', 'tenant'])).toMatchObject([{ changed: true, fleet: { status: 'OPEN' } }])
  await world.run(['unban', 'crawler/7'])
  await world.run(['resume', 'queue', 'mail'])
  expect(await world.json(['fleet'])).toMatchObject([{ status: 'OPEN', queues: [], paused: [], banned: [] }])
})

it('[FC16] says what it expected', async () => {
  expect(await world.run(['pause'])).toMatchObject({ code: 2, stderr: expect.stringContaining('queue, agent, tenant') })
  expect(await world.run(['pause', 'queue', 'a/b'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('a name'),
  })
  expect(await world.run(['ban', 'a/b/c'])).toMatchObject({ code: 2, stderr: expect.stringContaining("agent's id") })
})
