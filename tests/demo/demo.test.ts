import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startRedis } from '../../src/prove/redisServer.js'
import { jsonLines, World } from '../cli/chimera.js'

let world: World

beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

const summaryOf = (stdout: string) => jsonLines(stdout).find(({ kind }) => kind === 'summary')

/** Learning from 1,600 mails takes some seconds on an idle machine. */
const patientMs = 120_000

describe('the demo', () => {
  it(
    '[D40] works through real mail: some is held for a reason, everything else is completed',
    async () => {
      const demo = world.start(['demo', '--once', '100', '--json'])
      await demo.until((_, stderr) => stderr.includes('review --data'))
      const [, folder = ''] = /data in ([^;]+);/.exec(demo.stderr) ?? []
      expect(demo.stderr).toContain(`review --data ${folder}`)
      const { code, stdout } = await demo.ended
      expect(code).toBe(0)
      expect(summaryOf(stdout)).toMatchObject({
        tally: { submitted: 100, open: 0, endedTwice: 0 },
        restarts: 0,
        checked: { records: 100, lost: 0, toldWrongly: 0 },
      })
      // What was told last is how it ended.
      const counts = jsonLines(stdout).filter(({ kind }) => kind === 'counts')
      expect(counts.at(-1)).toMatchObject({ tally: summaryOf(stdout)?.tally, node: { running: 0 } })
      expect(existsSync(folder)).toBe(false)
    },
    patientMs,
  )

  it(
    '[D41] loses nothing and repeats nothing when its node is killed, and goes on with its folder when it is started again',
    async () => {
      const words = ['demo', '--data', 'demo', '--reviewer', 'auto', '--json']
      const demo = world.start([...words, '--once', '600'])
      const isUnderWay = (stdout: string) => /"byStatus":\{"COMPLETED":[1-9]/.test(stdout)
      await demo.until(isUnderWay)
      const { pid } = JSON.parse(readFileSync(join(world.folder, 'demo/node.json'), 'utf8'))
      process.kill(pid, 'SIGKILL')
      const first = await demo.ended
      expect(first).toMatchObject({ code: 0 })
      expect(summaryOf(first.stdout)).toMatchObject({
        tally: { submitted: 600, open: 0, held: 0, ended: 600, endedTwice: 0 },
        restarts: 1,
        checked: { records: 600, lost: 0, toldWrongly: 0 },
        reviewer: { approved: expect.any(Number) },
      })

      const second = await world.run([...words, '--once', '650'])
      expect(second).toMatchObject({ code: 0 })
      expect(summaryOf(second.stdout)).toMatchObject({
        tally: { submitted: 650, known: 600, ended: 650, endedTwice: 0 },
      })
    },
    patientMs,
  )

  it(
    '[D42] runs until it is stopped, and leaves no process behind',
    async () => {
      const demo = world.start(['demo', '--data', 'demo', '--plain', '--agents', '2'])
      await demo.until((stdout) => /submitted [1-9]/.test(stdout))
      const { pid } = JSON.parse(readFileSync(join(world.folder, 'demo/node.json'), 'utf8'))
      demo.kill('SIGINT')
      const { code, stdout } = await demo.ended
      expect({ code, isRunning: existsSync(`/proc/${pid}`) }).toEqual({ code: 0, isRunning: false })
      expect(stdout).toContain('0 lost, 0 ended twice')
    },
    patientMs,
  )

  it(
    '[D43] ends where its node can not start, and says why',
    async () => {
      await world.serve()
      const { code, stderr } = await world.run(['demo', '--data', '.chimera', '--once', '1'])
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/serve does not start .*ledger: another process/),
      })
    },
    patientMs,
  )

  it(
    '[D44] keeps it all in a Redis where it is given one, and goes on there from another folder',
    async () => {
      await using redis = await startRedis({ appendonly: 'yes' })
      const words = ['demo', '--redis', redis.url, '--reviewer', 'auto', '--json']
      const first = await world.run([...words, '--once', '60'])
      expect(first).toMatchObject({ code: 0 })
      expect(first.stderr).toContain('its data in Redis, under demo')
      expect(summaryOf(first.stdout)).toMatchObject({
        tally: { submitted: 60, open: 0, held: 0, ended: 60, endedTwice: 0 },
        checked: { records: 60, lost: 0, toldWrongly: 0 },
      })
      const second = await world.run([...words, '--once', '80'])
      expect(second).toMatchObject({ code: 0 })
      expect(summaryOf(second.stdout)).toMatchObject({
        tally: { submitted: 80, known: 60, ended: 80, endedTwice: 0 },
        checked: { lost: 0, toldWrongly: 0 },
      })
    },
    patientMs,
  )

  it(
    '[D44] loses nothing there when its node is killed',
    async () => {
      await using redis = await startRedis({ appendonly: 'yes' })
      const demo = world.start([
        'demo',
        '--data',
        'd',
        '--redis',
        redis.url,
        '--reviewer',
        'auto',
        '--json',
        '--once',
        '200',
      ])
      await demo.until((stdout) => /"byStatus":\{"COMPLETED":[1-9]/.test(stdout))
      const { pid } = JSON.parse(readFileSync(join(world.folder, 'd/node.json'), 'utf8'))
      process.kill(pid, 'SIGKILL')
      const { code, stdout } = await demo.ended
      expect(code).toBe(0)
      expect(summaryOf(stdout)).toMatchObject({
        tally: { submitted: 200, open: 0, held: 0, ended: 200, endedTwice: 0 },
        restarts: 1,
        checked: { records: 200, lost: 0, toldWrongly: 0 },
      })
    },
    patientMs,
  )
})
