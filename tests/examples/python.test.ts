/** The Python client, which knows nothing but the protocol's page, at work with a real node. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../../src/config.js'
import { type ChimeraNode, startNode } from '../../src/main/node.js'
import { forClients, needPython } from '../machine/python.js'
import { openBreakableWay } from './breakableWay.js'
import { type Program, startProgram } from './program.js'

const python = needPython(forClients)
const examples = join(import.meta.dirname, '../../examples/python')

type Role = 'agent' | 'producer' | 'operator'

let folder: string
let node: ChimeraNode
let programs: Program[]

const start = (port: string): Promise<ChimeraNode> =>
  startNode(readConfig({ port, data: join(folder, 'data'), logLevel: 'warn' }, {}))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chimera-python-'))
  node = await start('0')
  programs = []
})

afterEach(async () => {
  for (const program of programs) await program.kill()
  await node.stop()
  await rm(folder, { recursive: true })
})

const run = async (role: Role, script: string, args: readonly string[] = [], url = node.url): Promise<Program> => {
  const token = await node.signToken({ sub: `python-${role}`, tenant: 't_examples', roles: [role], ttlSeconds: 600 })
  const env = { CHIMERA_URL: url, CHIMERA_TOKEN: token, PYTHONPATH: examples, PYTHONDONTWRITEBYTECODE: '1' }
  const program = startProgram(python, [script, ...args], env)
  programs.push(program)
  return program
}

const example = (name: string): string => join(examples, name)
const askingAgent = join(import.meta.dirname, 'askingAgent.py')
const guidedAgent = join(import.meta.dirname, 'guidedAgent.py')

const submit = async (...texts: readonly string[]): Promise<Program> => {
  const producer = await run('producer', example('submit.py'))
  producer.write(texts.map((text) => `${text}\n`).join(''))
  producer.endInput()
  return producer
}

const outcomesOf = async (producer: Program, count: number): Promise<readonly unknown[]> => {
  const outcomes: unknown[] = []
  while (outcomes.length < count) {
    const { status, final, output } = JSON.parse(await producer.line('{'))
    outcomes.push([status, final, output])
  }
  return outcomes
}

test('[E1] agent, operator and producer in Python work through two steps, one held and approved', async () => {
  await run('agent', example('agent.py'))
  const operator = await run('operator', example('review.py'))
  const producer = await submit('the quick brown fox', 'please reset my password')

  expect(await operator.line('SENSITIVE_KEYWORD')).toContain('longest, python-agent')
  operator.write('\n')

  const outcomes = await outcomesOf(producer, 4)
  expect(outcomes).toHaveLength(4)
  expect(outcomes).toEqual(
    expect.arrayContaining([
      ['COMPLETED', true, { letters: 5 }],
      ['NEEDS_REVIEW', false, null],
      ['APPROVED', false, null],
      ['COMPLETED', true, { letters: 8 }],
    ]),
  )
  expect(await producer.ended).toEqual({ code: 0, stderr: '' })
})

test('[E2] a held result that the operator rejects ends its task', async () => {
  await run('agent', example('agent.py'))
  const operator = await run('operator', example('review.py'))
  const producer = await submit('2+2=4')

  await operator.line('LOW_CONFIDENCE')
  operator.write('not a word\n')

  expect(await outcomesOf(producer, 2)).toEqual([
    ['NEEDS_REVIEW', false, null],
    ['REJECTED', true, null],
  ])
  expect(await producer.ended).toEqual({ code: 0, stderr: '' })
})

test('[E3] a killed agent that kept its leases goes on in the same attempt', async () => {
  const kept = join(folder, 'agent.state')
  const killed = await run('agent', guidedAgent, [kept])
  const producer = await submit('word')
  await killed.line('works on step 1 attempt 1')
  await killed.kill()

  const agent = await run('agent', guidedAgent, [kept])
  await agent.line('resumed 1 lost 0')
  agent.write('go\ngo\n')

  expect(await outcomesOf(producer, 1)).toEqual([['COMPLETED', true, [1, 1]]])
})

test('[E4] a killed agent that kept nothing has lost its attempt, and works on the next', async () => {
  const killed = await run('agent', guidedAgent)
  const producer = await submit('word')
  await killed.line('works on step 1 attempt 1')
  await killed.kill()

  const agent = await run('agent', guidedAgent)
  await agent.line('works on step 1 attempt 2')
  agent.write('go\ngo\n')

  expect(await outcomesOf(producer, 1)).toEqual([['COMPLETED', true, [2, 1]]])
})

test('[E5] a lease survives a cut connection', async () => {
  const way = await openBreakableWay(node.url)
  const agent = await run('agent', guidedAgent, [], way.url)
  const producer = await submit('word')
  await agent.line('works on step 1 attempt 1')
  way.cut()
  await agent.line('resumed 1 lost 0')
  agent.write('go\ngo\n')

  expect(await outcomesOf(producer, 1)).toEqual([['COMPLETED', true, [1, 1]]])
  await way.close()
})

test('[E6] a result whose acknowledgement was lost is sent again, and counts once', async () => {
  const way = await openBreakableWay(node.url)
  const agent = await run('agent', guidedAgent, [], way.url)
  const producer = await submit('word')
  agent.write('go\n')
  await agent.line('works on step 2 attempt 1')
  way.deafen()
  agent.write('go\n')
  expect(await outcomesOf(producer, 1)).toEqual([['COMPLETED', true, [1, 1]]])
  way.cut()
  await agent.line('resumed 0 lost 1')

  const next = await submit('word')
  agent.write('go\ngo\n')
  expect(await outcomesOf(next, 1)).toEqual([['COMPLETED', true, [1, 1]]])
  await agent.kill()
  expect(await agent.ended).toEqual({ code: null, stderr: '' })
  await way.close()
})

test('[E7] agent, lease and outcome survive a node that stops and comes back', async () => {
  const agent = await run('agent', guidedAgent)
  const producer = await submit('word')
  await agent.line('works on step 1 attempt 1')
  await node.stop()
  node = await start(new URL(node.url).port)
  await agent.line('resumed 1 lost 0')
  agent.write('go\ngo\n')

  expect(await outcomesOf(producer, 1)).toEqual([['COMPLETED', true, [1, 1]]])
})

test('[E8] a token of another role ends a program with a sentence that says why', async () => {
  const program = startProgram(python, [example('review.py')], {
    CHIMERA_URL: node.url,
    CHIMERA_TOKEN: await node.signToken({ sub: 'p', tenant: 't_examples', roles: ['producer'], ttlSeconds: 600 }),
    PYTHONDONTWRITEBYTECODE: '1',
  })
  expect((await program.ended).stderr).toContain('Ended: the node answered 403')
})

test('[PP43] an agent asks before it acts, and gets the answer also where it was killed in between', async () => {
  const kept = join(folder, 'agent.state')
  const killed = await run('agent', askingAgent, [kept])
  const operator = await run('operator', example('review.py'))
  const producer = await submit('sure', 'unsure')
  await killed.line('asks unsure')
  await operator.line('LOW_CONFIDENCE')
  await killed.kill()
  operator.write('too risky\ntoo risky\n')

  const agent = await run('agent', askingAgent, [kept])
  await agent.line('asks unsure')
  const outcomes = await outcomesOf(producer, 2)
  expect(outcomes).toEqual(
    expect.arrayContaining([
      ['COMPLETED', true, ['APPROVED', null]],
      ['COMPLETED', true, ['REJECTED', 'too risky']],
    ]),
  )
})
