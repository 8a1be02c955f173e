/** `chimera prove` as built: real faults, and nothing left behind. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Running } from '../cli/chimera.js'

/** Runs it with a folder for temporary folders of its own. */
const prove = (...words: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'chimera-test-prove-'))
  const running = new Running(folder, ['prove', ...words], { env: { TMPDIR: folder } })
  onTestFinished(() => {
    running.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return { running, folder }
}

/** Those that it has started and that run. */
const childrenOf = (pid: number): readonly string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)

/** Redis, two nodes, two fleets, and a guard for each. */
const inAll = 10

const whole = { lost: 0, acceptedTwice: 0, executedTwice: 0, isLossNoticed: false, broken: [], worse: [] }

test('[PV1] (T026) a killed node costs nothing, and nothing of the trial is left', { timeout: 90_000 }, async () => {
  const { running, folder } = prove('--only', 'node-killed', '--json')
  const { code, stdout, stderr } = await running.ended
  expect(JSON.parse(stdout), stderr).toMatchObject({ fault: 'node-killed', ...whole })
  expect(code).toBe(0)
  expect(readdirSync(folder)).toEqual([])
})

test('[PV2] a lone node that is killed and started again over its folder loses nothing', {
  timeout: 90_000,
}, async () => {
  const { code, stdout, stderr } = await prove('--only', 'node-killed,keys-flushed', '--embedded', '--json').running
    .ended
  // A single line: there are no keys to be flushed.
  expect(JSON.parse(stdout), stderr).toMatchObject({ fault: 'node-killed', ...whole })
  expect(code).toBe(0)
})

test('[PV3] a fault that there is not is refused', async () => {
  const { code, stderr } = await prove('--only', 'meteor').running.ended
  expect(stderr).toMatch(/there is no fault "meteor"; expected some of .*node-killed/)
  expect(code).toBe(2)
})

test('[PV4] stopped in the midst, it ends what it has started', { timeout: 90_000 }, async () => {
  const { running, folder } = prove('--only', 'node-frozen')
  await expect.poll(() => childrenOf(running.pid).length, { timeout: 30_000 }).toBe(inAll)
  const children = childrenOf(running.pid)
  running.kill('SIGINT')
  const { code, stderr } = await running.ended
  expect(stderr).toContain('stopped')
  expect(code).toBe(1)
  await expect.poll(() => children.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})
