import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { World } from './chimera.js'

let world: World

// One node for each: its folder is its world.
beforeEach(async () => {
  world = new World()
  await world.serve()
})
afterEach(() => world.end())

const idOf = ({ id }: Record<string, unknown> = {}): string => String(id)

/** An agent that answers with its payload, as sure as the payload says. */
const echo = `node -e '
  const { payload } = JSON.parse(require("fs").readFileSync(0, "utf8"))
  console.log(JSON.stringify({ output: { echo: payload }, confidence: payload.sure ?? 1 }))
'`

describe('tasks from the command line', () => {
  it('[N20] go from submit to their outcome, and show in between', async () => {
    const submitted = await world.run(['submit', '--queue', 'q', '--payload', '{"a":1}', '--key', 'k1'])
    const id = submitted.stdout.trim()
    expect(submitted).toEqual({ code: 0, stdout: `${id}\n`, stderr: '' })
    expect(await world.json(['submit', '--queue', 'q', '--payload', '{"a":1}', '--key', 'k1'])).toEqual([
      { id, existing: true },
    ])
    expect(await world.json(['tasks', '--queue', 'q'])).toMatchObject([{ id, status: 'QUEUED' }])
    expect((await world.run(['tasks'])).stdout).toMatch(new RegExp(`^${id} +QUEUED +q +step 1/1`))
    expect((await world.run(['tasks', '--status', 'FAILED'])).stdout).toBe('')
    expect((await world.run(['task', id])).stdout).toContain('status    QUEUED')

    const agent = world.start(['agent', '--queue', 'q', '--exec', echo, '--json'])
    const waited = await world.json(['submit', '--queue', 'q', '--payload', '{"b":2}', '--wait'])
    expect(waited).toMatchObject([{ status: 'COMPLETED', output: { echo: { b: 2 } } }])
    expect((await world.json(['task', id]))[0]).toMatchObject({ status: 'COMPLETED', output: { echo: { a: 1 } } })
    expect(await world.json(['agents'])).toMatchObject([{ queues: ['q'], node: 'n1' }])
    agent.kill('SIGTERM')
    expect(await agent.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"end":"answered"') })
  })

  it('[N21] come from the standard input and from files, one a line, with steps and options', async () => {
    const one = await world.json(['submit', '--steps', 'a,b', '--priority', 'high', '--delay', '1h'], {
      input: '{"$int":"18446744073709551615"}',
    })
    expect((await world.json(['task', idOf(one[0])]))[0]).toMatchObject({
      status: 'SCHEDULED',
      steps: ['a', 'b'],
      priority: 'high',
    })

    writeFileSync(
      join(world.folder, 'tasks.ndjson'),
      `${Array.from({ length: 600 }, (_, n) => `{"n":${n}}`).join('\n')}\n\n`,
    )
    const lines = ['submit', '--queue', 'q', '--lines', 'tasks.ndjson', '--key', 'f']
    const ids = (await world.json(lines)).map(idOf)
    expect(new Set(ids).size).toBe(600)
    expect(await world.json(lines)).toEqual(ids.map((id) => ({ id, existing: true })))
    expect(await world.json(['tasks', '--queue', 'q', '--limit', '1000'])).toHaveLength(600)
    expect(await world.run(['tasks', '--limit', '5'])).toMatchObject({
      stderr: expect.stringMatching(/^There is more: --cursor \S+\n$/),
    })
  })

  it('[N22] are refused by place and reason', async () => {
    expect(await world.run(['submit', '--queue', 'q'], { input: '{' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the standard input: expected JSON'),
    })
    expect(await world.run(['submit', '--queue', 'q', '--payload', 'NaN'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--payload: expected JSON'),
    })
    expect(await world.run(['submit', '--queue', 'q', '--payload', '{"$a":1}'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--payload: expected JSON'),
    })
    expect(await world.run(['submit', '--queue', 'q', '--payload', '1', '--lines', 'x'])).toMatchObject({ code: 2 })
    expect(await world.run(['submit', '--queue', 'q', '--lines', 'nowhere'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--lines nowhere'),
    })
    expect(await world.run(['submit', '--queue', 'q', '--lines', '-'], { input: '1\n{\n' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('-:2: expected JSON'),
    })

    await world.run(['submit', '--queue', 'q', '--payload', '1', '--key', 'k'])
    const conflict = await world.run(['submit', '--queue', 'q', '--payload', '2', '--key', 'k'])
    expect(conflict).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('refused: CONFLICT') })
    for (const words of [
      ['task', 'x'],
      ['cancel', 'x'],
      ['replay', 'x'],
      ['review', 'show', 'x'],
    ])
      expect(await world.run(words)).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') })
  })

  it('[N23] are cancelled, fail with the end of what their program said, and are replayed', async () => {
    const [queued] = await world.json(['submit', '--queue', 'none', '--payload', '1'])
    expect(await world.json(['cancel', idOf(queued), '--reason', 'not needed'])).toEqual([
      { task: idOf(queued), status: 'CANCELLED' },
    ])
    expect((await world.run(['cancel', idOf(queued)])).stdout).toBe(`${idOf(queued)} CANCELLED\n`)
    expect(await world.run(['replay', idOf(queued)])).toMatchObject({ code: 1 })

    world.start(['agent', '--queue', 'q', '--exec', 'echo all went wrong >&2; exit 3'])
    const failing = await world.run([
      'submit',
      '--queue',
      'q',
      '--payload',
      '1',
      '--max-attempts',
      '1',
      '--wait',
      '--json',
    ])
    expect(failing).toMatchObject({ code: 1, stderr: expect.stringContaining('1 ended without a released output') })
    const { task, error } = JSON.parse(failing.stdout)
    expect(error).toEqual({ code: 'PROGRAM_FAILED', message: 'exit code 3: all went wrong' })
    const [replayed] = await world.json(['replay', task])
    expect(replayed).toMatchObject({ replayOf: task })
    expect(await world.json(['replay', task])).toEqual([replayed])
    expect((await world.json(['audit'])).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['cancelled', 'replayed']),
    )
  })

  it('[N24] tell their outcomes to whoever follows, each once', async () => {
    world.start(['agent', '--queue', 'q', '--exec', echo, '--capacity', '2'])
    const lines = Array.from({ length: 5 }, (_, n) => `{"n":${n}}`).join('\n')
    const ids = (
      await world.json(['submit', '--queue', 'q', '--lines', '-', '--subscriber', 'shop'], { input: lines })
    ).map(idOf)
    const first = await world.json(['outcomes', '--subscriber', 'shop', '--count', '2'])
    const rest = await world.json(['outcomes', '--subscriber', 'shop', '--count', '3'])
    expect([...first, ...rest].map(({ task }) => task).sort()).toEqual([...ids].sort())
    const follower = world.start(['outcomes', '--subscriber', 'shop'])
    const [last] = await world.json(['submit', '--queue', 'q', '--payload', '{}', '--subscriber', 'shop'])
    await follower.until((stdout) => stdout.includes(`${idOf(last)}  COMPLETED  {"echo":{}}`))
    follower.kill('SIGINT')
    expect(await follower.ended).toMatchObject({ code: 0 })
  })

  it('[N25] are seen by a producer only where they are its own', async () => {
    const env = async (sub: string, role: string) => ({
      CHIMERA_URL: world.address.url,
      CHIMERA_TOKEN: (await world.run(['token', '--role', role, '--sub', sub])).stdout.trim(),
    })
    const [ann, bob] = [await env('ann', 'producer'), await env('bob', 'producer')]
    const [submitted] = await world.json(['submit', '--queue', 'q', '--payload', '1'], { env: ann })
    expect(await world.json(['tasks'], { env: ann })).toHaveLength(1)
    expect(await world.json(['tasks'], { env: bob })).toHaveLength(0)
    expect(await world.run(['task', idOf(submitted)], { env: bob })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('NOT_FOUND'),
    })
    expect(await world.json(['cancel', idOf(submitted)], { env: ann })).toMatchObject([{ status: 'CANCELLED' }])
    expect(
      await world.run(['submit', '--queue', 'q', '--payload', '1'], { env: await env('cat', 'agent') }),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('FORBIDDEN'),
    })
    expect(await world.run(['agents'], { env: ann })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('role'),
    })
  })

  it('[N26] end quietly with whoever reads', async () => {
    writeFileSync(join(world.folder, 'tasks.ndjson'), Array.from({ length: 256 }, (_, n) => `{"n":${n}}`).join('\n'))
    const submitting = world.start(['submit', '--queue', 'q', '--lines', 'tasks.ndjson'])
    submitting.stopReading()
    expect(await submitting.ended).toMatchObject({ code: 0, stderr: '' })
  })
})

describe('review from the command line', () => {
  it('[N30] lists what is held, shows it whole, and takes a decision once', async () => {
    world.start(['agent', '--queue', 'q', '--exec', echo, '--capacity', '3'])
    const watcher = world.start(['review', '--json'])
    const payloads = ['{"sure":0.2,"n":1}', '{"sure":0.2,"n":2}', '{"text":"my password"}', '{"fine":true}'].join('\n')
    await world.json(['submit', '--queue', 'q', '--lines', '-', '--subscriber', 'me'], { input: payloads })
    await world.json(['outcomes', '--subscriber', 'me', '--count', '4'])
    await watcher.until((stdout) => stdout.split('\n').length > 3)

    const cards = await world.json(['review', 'list'])
    expect(cards.map(({ reason }) => reason)).toEqual(['SENSITIVE_KEYWORD', 'LOW_CONFIDENCE', 'LOW_CONFIDENCE'])
    expect(await world.json(['review', 'list', '--reason', 'LOW_CONFIDENCE'])).toHaveLength(2)
    const [sensitive, first, second] = cards.map(({ reviewId }) => String(reviewId))
    if (sensitive === undefined || first === undefined || second === undefined) throw new Error('no cards')
    expect((await world.run(['review', 'show', sensitive])).stdout).toMatch(/found +keyword\.password at \/echo\/text/)
    expect(await world.run(['review', 'list'])).toMatchObject({
      stdout: expect.stringContaining('PENDING'),
      stderr: '',
    })

    expect((await world.run(['review', 'reject', sensitive, '--reason', 'a secret'])).stdout).toMatch(/REJECTED, task/)
    expect(await world.json(['review', 'approve', first, '--edited', '{"better":1}', '--reason', 'ok'])).toMatchObject([
      { status: 'APPROVED', decisionReason: 'ok' },
    ])
    expect(await world.run(['review', 'approve', second, '--version', '99'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('CHANGED'),
    })
    expect(await world.run(['review', 'reject', first, '--reason', 'no'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ALREADY_DECIDED'),
    })
    const outcomes = await world.json(['outcomes', '--subscriber', 'me', '--count', '2'])
    expect(outcomes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'APPROVED', output: { better: 1 } }),
        expect.objectContaining({ status: 'REJECTED', rejection: expect.objectContaining({ reason: 'a secret' }) }),
      ]),
    )
    expect((await world.json(['stats']))[0]).toMatchObject({
      cards: { waiting: 1, decidedToday: { APPROVED: 1, REJECTED: 1 } },
    })
    expect((await world.json(['audit'])).map(({ kind }) => kind).filter((kind) => kind === 'decided')).toHaveLength(2)
    await watcher.until((stdout) => stdout.includes('"status":"REJECTED"'))
    watcher.kill('SIGTERM')
    expect(await watcher.ended).toMatchObject({ code: 0 })
  })

  it('[N31] lets nothing out that a program said where it failed, before a person has seen it', async () => {
    world.start(['agent', '--queue', 'q', '--exec', 'echo "the password is hunter2" >&2; exit 1'])
    const { stdout } = await world.run([
      'submit',
      '--queue',
      'q',
      '--payload',
      '1',
      '--max-attempts',
      '1',
      '--wait',
      '--json',
    ])
    const { error } = JSON.parse(stdout)
    expect(stdout).not.toContain('hunter2')
    expect((await world.json(['review', 'show', error.review]))[0]).toMatchObject({ kind: 'text', status: 'PENDING' })
    expect(readFileSync(join(world.folder, '.chimera/tokens'), 'utf8')).not.toBe('')
  })
})
