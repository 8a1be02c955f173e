import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { World } from './chimera.js'

let world: World

beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

/** Where nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const commands = 'serve demo token agent submit outcomes tasks task cancel replay review agents audit stats'.split(' ')

describe('the command line', () => {
  it.each([
    [['sumbit'], "unknown command 'sumbit' (Did you mean submit?)"],
    [['submit', '--queu', 'x'], "unknown option '--queu' (Did you mean --queue?)"],
    [['serve', '--prot', '1'], "unknown option '--prot' (Did you mean --port?)"],
    [['review', 'lst'], 'there is no command "lst"; expected one of watch, list, show, approve, reject'],
    [['tasks', 'extra'], 'too many arguments'],
    [['task'], "missing required argument 'id'"],
    [['task', '-Kx9'], 'put -- before it'],
    [[], 'expected a command'],
  ])('[N1] says what is wrong with %j, and what is near', async (words, said) => {
    const { code, stdout, stderr } = await world.run(words)
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 2, stdout: '', lines: 1 })
    expect(stderr).toContain(said)
  })

  it.each([
    [['serve', '--port', '70000'], '--port: expected an integer from 0 to 65535, got "70000"'],
    [['serve', '--redis', 'localhost'], '--redis: expected an address that begins with redis://'],
    [['serve', '--log-level', 'loud'], '--log-level: expected one of debug, info'],
    [['token', '--role', 'king', '--sub', 'a'], '--role: expected of agent, producer, operator, admin, got "king"'],
    [['token', '--role', 'agent', '--sub', 'a/b'], '--sub: expected a name'],
    [['token', '--role', 'agent', '--sub', 'a', '--tenant', 'acme'], '--tenant: expected t_ and'],
    [['token', '--role', 'agent', '--sub', 'a', '--ttl', '3'], '--ttl: expected a time with its unit'],
    [['agent', '--exec', 'cat'], '--queue: is needed'],
    [['agent', '--queue', 'a b', '--exec', 'cat'], '--queue: expected names'],
    [['agent', '--queue', 'a', '--exec', 'cat', '--capacity', '0'], '--capacity: expected an integer from 1'],
    [['submit', '--payload', '1'], '--queue or --steps: expected one of them'],
    [['submit', '--queue', 'a', '--steps', 'b'], '--queue or --steps: expected one of them'],
    [['submit', '--queue', 'a', '--priority', 'top'], '--priority: expected one of high, normal, low'],
    [['submit', '--queue', 'a', '--delay', 'soon'], '--delay: expected a time'],
    [['outcomes'], '--subscriber: is needed'],
    [['tasks', '--status', 'DONE'], '--status: expected one of SCHEDULED'],
    [['tasks', '--limit', '0'], '--limit: expected an integer from 1'],
    [['task', 'a/b'], 'ID: expected an id'],
    [['review', 'reject', 'r1'], '--reason: is needed'],
    [['review', 'approve', 'r1', '--edited', '{'], '--edited: expected JSON'],
    [['demo', '--agents', 'many'], '--agents: expected an integer'],
  ])('[N2] refuses the value in %j, naming the flag and what was expected', async (words, said) => {
    const { code, stderr } = await world.run(words)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) })
  })

  it('[N3] explains each command', async () => {
    const { code, stdout } = await world.run(['--help'])
    expect(code).toBe(0)
    for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'))
    expect(stdout).not.toContain('demo-agents')
    const helps = await Promise.all(commands.map((command) => world.run([command, '--help'])))
    for (const help of helps)
      expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Options:') })
    expect((await world.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('[N4] without a node says how to get to one', async () => {
    const nowhere = await world.run(['tasks'])
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining('start one with "chimera serve"') })

    const silent = {
      CHIMERA_URL: `http://127.0.0.1:${await freePort()}`,
      CHIMERA_TOKEN: `x.${btoa('{"tenant":"t_a","roles":["admin"]}')}.x`,
    }
    for (const words of [
      ['tasks'],
      ['stats'],
      ['submit', '--queue', 'a', '--payload', '1'],
      ['outcomes', '--subscriber', 'a'],
    ])
      expect(await world.run(words, { env: silent })).toMatchObject({
        code: 3,
        stdout: '',
        stderr: expect.stringMatching(/^chimera: the node does not answer \(.*ECONNREFUSED.*\); is it running\?.*\n$/),
      })

    expect(await world.run(['tasks', '--url', 'http://a.example'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no token'),
    })
    expect(await world.run(['tasks', '--token', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no address'),
    })
    expect(await world.run(['tasks', '--url', 'http://a.example', '--token', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected a JWT'),
    })
    expect(await world.run(['tasks'], { env: { ...silent, CHIMERA_URL: 'nowhere' } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected an address'),
    })
    expect(await world.run(['tasks'], { env: { CHIMERA_PROT: '1' } })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean CHIMERA_PORT'),
    })
  })

  it('[N5] tells a node that was killed from one that never was', async () => {
    mkdirSync(join(world.folder, '.chimera'))
    writeFileSync(join(world.folder, '.chimera/token-secret'), 'ab'.repeat(32))
    expect(await world.run(['stats'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no node runs with this folder'),
    })
    writeFileSync(join(world.folder, '.chimera/node.json'), '{"url":"http://127.0.0.1:9","pid":1}')
    expect(await world.run(['stats'])).toMatchObject({ code: 3, stderr: expect.stringContaining('does not answer') })
    writeFileSync(join(world.folder, '.chimera/node.json'), '{"url":')
    expect(await world.run(['stats'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("node.json: can't be read"),
    })
  })
})
