import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { World } from './chimera.js'

let world: World

beforeEach(() => {
  world = new World()
})
afterEach(() => world.end())

const inData = (name: string) => join(world.folder, '.chimera', name)

const tokenOf = (text: string, role: string): string =>
  new RegExp(`# ${role}\\nexport CHIMERA_URL=\\S+ CHIMERA_TOKEN=(\\S+)`).exec(text)?.[1] ?? ''

describe('chimera serve', () => {
  it('[N6] makes a secret and tokens on its first start, shows them once, and keeps them for its owner alone', async () => {
    const first = await world.serve('--log-level', 'info')
    await first.until((stdout) => stdout.includes('# admin'))
    for (const file of ['token-secret', 'tokens']) expect(statSync(inData(file)).mode & 0o777).toBe(0o600)
    const tokens = readFileSync(inData('tokens'), 'utf8')
    expect(first.stdout).toContain(tokens.trim())
    for (const role of ['agent', 'producer', 'operator', 'admin']) {
      expect(tokenOf(tokens, role)).not.toBe('')
      expect(first.stderr).not.toContain(tokenOf(tokens, role))
    }
    const env = { CHIMERA_URL: world.address.url, CHIMERA_TOKEN: tokenOf(tokens, 'operator') }
    expect(await world.run(['stats'], { env })).toMatchObject({ code: 0 })
    first.kill('SIGTERM')
    expect(await first.ended).toMatchObject({ code: 0 })

    const second = await world.serve('--log-level', 'info')
    second.kill('SIGINT')
    const { code, stdout, stderr } = await second.ended
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).not.toContain('CHIMERA_TOKEN')
    expect(readFileSync(inData('tokens'), 'utf8')).toBe(tokens)
  })

  it('[N7] says where it listens as long as it does', async () => {
    const node = await world.serve()
    expect(world.address).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), pid: node.pid })
    node.kill('SIGTERM')
    await node.ended
    expect(existsSync(inData('node.json'))).toBe(false)
  })

  it('[N8] drains at the first signal, and ends at once at the second', async () => {
    const node = await world.serve('--drain-ms', '600000')
    const agent = world.start(['agent', '--queue', 'q', '--exec', 'sleep 600'])
    await agent.until((_, stderr) => stderr.includes('Connected'))
    node.kill('SIGTERM')
    await node.until((_, stderr) => stderr.includes('Draining'))
    expect(node.hasEnded).toBe(false)
    node.kill('SIGTERM')
    expect(await node.ended).toMatchObject({ code: 143 })
  })

  it('[N9] does not start where it can not, and says what to do', async () => {
    await world.serve()
    const port = new URL(world.address.url).port
    expect(await world.run(['serve', '--port', '0'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^chimera: .*ledger.*\n$/),
    })
    expect(await world.run(['serve', '--port', port, '--data', 'other'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^chimera: --port: \d+ is in use on 127\.0\.0\.1; .*\n$/),
    })
    expect(await world.run(['serve', '--port', '0', '--host', '192.0.2.1', '--data', 'other'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--host: 192.0.2.1 is no address of this machine'),
    })
    writeFileSync(join(world.folder, 'file'), '')
    expect(await world.run(['serve', '--port', '0', '--data', 'file'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^chimera: [^\n]*file[^\n]*\n$/),
    })
    // It still runs.
    expect(await world.run(['stats'])).toMatchObject({ code: 0 })
  })

  it('[N10] takes the secret of its environment, and so do the commands', async () => {
    const env = { CHIMERA_JWT_SECRET: 'a secret of at least 32 characters' }
    const node = world.start(['serve', '--port', '0'], { env })
    await node.until((_, stderr) => stderr.includes('Listening on'))
    expect(node.stdout).toBe('')
    expect(await world.run(['stats'], { env })).toMatchObject({ code: 0 })
    const { stdout } = await world.run(['token', '--role', 'operator', '--sub', 'ann', '--ttl', '1h'], { env })
    const ann = { CHIMERA_URL: world.address.url, CHIMERA_TOKEN: stdout.trim() }
    expect(await world.run(['stats'], { env: ann })).toMatchObject({ code: 0 })
    expect(await world.run(['audit'], { env: ann })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('FORBIDDEN'),
    })
    const wrong = { ...ann, CHIMERA_TOKEN: `${ann.CHIMERA_TOKEN.slice(0, -4)}AAAA` }
    expect(await world.run(['stats'], { env: wrong })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('make another token with "chimera token"'),
    })
  })

  it('[N27] refuses a token that does not do, and says which role would', async () => {
    await world.serve()
    const { stdout } = await world.run(['token', '--role', 'agent', '--sub', 'bot'])
    const bot = { CHIMERA_URL: world.address.url, CHIMERA_TOKEN: stdout.trim() }
    expect(await world.run(['tasks'], { env: bot })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected a token with the role producer'),
    })
    const ann = await world.run(['token', '--role', 'operator', '--sub', 'ann'])
    const { stderr } = await world.run(['audit'], { env: { ...bot, CHIMERA_TOKEN: ann.stdout.trim() } })
    expect(stderr).toMatch(/for the role admin; /)
  })

  it('[N28] says of what is not found where to look for it', async () => {
    await world.serve()
    expect((await world.run(['task', 'nothing'])).stderr).toMatch(/task: .*; "chimera tasks" shows/)
    expect((await world.run(['review', 'show', 'nothing'])).stderr).toMatch(/review: .*; "chimera review list" shows/)
  })

  it('[N9] does not start with a folder that the system makes nowhere', async () => {
    expect(await world.run(['serve', '--port', '0', '--data', '/proc/nowhere'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^chimera: \/proc\/nowhere: .*choose another one\n$/),
    })
  })

  it('[N11] listens on a port for metrics where it is told to', async () => {
    const node = await world.serve('--metrics-port', '0')
    const [, url = ''] = /Metrics on (http:\/\/127\.0\.0\.1:\d+)/.exec(node.stderr) ?? []
    expect((await fetch(`${url}/metrics`)).status).toBe(200)
  })
})
