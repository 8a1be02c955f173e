/**
 * A node is killed at random moments in the midst of its work, and started again over its folder, while everybody who
 * was connected comes back and sends again what was not acknowledged.
 */
import { expect, onTestFinished, test } from 'vitest'
import { seededRandom, systemRandom } from '../../src/random.js'
import { type ChildNode, spawnNode } from './childNode.js'
import { startFleet } from './fleet.js'
import { Reviewer } from './reviewer.js'
import { Submitter } from './submitter.js'
import { openOperator, openProducer, recordOf, temporaryFolder } from './world.js'

const rounds = 5
const agents = 16
const keysEachRound = 250
/** A node is killed once agents saw so many frames more. */
const framesToKill = { least: 20, most: 400 }

type Kind = 'plain' | 'steps' | 'approved' | 'rejected'
const kinds: readonly Kind[] = ['plain', 'plain', 'plain', 'steps', 'approved', 'rejected']

const kindOf = (key: string): Kind => kinds[Number(key.slice(3)) % kinds.length] ?? 'plain'

const specOf = (key: string): object => (kindOf(key) === 'steps' ? { steps: ['q', 'next'], queue: undefined } : {})

const isHeld = (key: string): boolean => kindOf(key) === 'approved' || kindOf(key) === 'rejected'

const finalStatus: Readonly<Record<Kind, string>> = {
  plain: 'COMPLETED',
  steps: 'COMPLETED',
  approved: 'APPROVED',
  rejected: 'REJECTED',
}

/** Resolves once `note` was called so many times more. */
const frameCounter = () => {
  let left = 0
  let wake = () => {}
  return {
    note: () => {
      if (--left === 0) wake()
    },
    more: (count: number): Promise<void> =>
      new Promise((resolve) => {
        left = count
        wake = resolve
      }),
  }
}

test('[T026 T003 G1 G2 G5 G7] a node that is killed at any moment loses nothing that it acknowledged', {
  timeout: 90_000,
}, async () => {
  const seed = systemRandom.int(1_000_000)
  const random = seededRandom(seed)
  const folder = await temporaryFolder()
  const frames = frameCounter()
  let node: ChildNode = await spawnNode(folder, { resumeMs: '3000' })
  const door = () => node
  const fleet = await startFleet(door, agents, {
    capacity: 3,
    queues: ['q', 'next'],
    watch: frames.note,
    work: ({ step, payload }) => ({ output: `${payload}/${step}`, confidence: isHeld(String(payload)) ? 0.5 : 1 }),
  })
  const reviewer = new Reviewer(door, (output) =>
    kindOf(String(output).replace(/\/.*/, '')) === 'approved'
      ? { status: 'APPROVED' }
      : { status: 'REJECTED', reason: 'not this' },
  )
  const submitter = new Submitter(door, 'ann')
  onTestFinished(() => {
    submitter.stop()
    reviewer.stop()
    for (const agent of fleet) agent.stop()
  })

  for (let round = 0; round < rounds; round++) {
    const keys = Array.from({ length: keysEachRound }, (_, at) => `key${round * keysEachRound + at}`)
    const submitting = submitter.submit(keys, specOf)
    await frames.more(framesToKill.least + random.int(framesToKill.most - framesToKill.least))
    await node.kill()
    node = await spawnNode(folder, { resumeMs: '3000', port: node.port })
    await submitting
  }
  await submitter.until(() => submitter.isDone)

  const about = `seed ${seed}`
  expect(submitter.accepted.size, about).toBe(rounds * keysEachRound)
  expect(submitter.doubled, about).toEqual([])
  for (const [key, id] of submitter.accepted) {
    const kind = kindOf(key)
    const finals = (submitter.told.get(id) ?? []).filter(({ final }) => final)
    const output = kind === 'rejected' ? undefined : `${key}/${kind === 'steps' ? 2 : 1}`
    // At least once: told again after a crash, but always the same.
    for (const told of finals)
      expect(told, `${about} ${key}`).toEqual({ status: finalStatus[kind], final: true, output })
  }
  expect(
    fleet.reduce((sum, { seen }) => sum + seen.resumed, 0),
    about,
  ).toBeGreaterThan(0)
  expect(reviewer.refused, about).toEqual([])

  const producer = await openProducer(node, { subscriber: 'other' })
  const operator = await openOperator(node)
  for (const [review, { task, status }] of reviewer.decided) {
    expect((await operator.request('get', { review })).card, about).toMatchObject({ taskId: task, status })
    expect(await recordOf(producer, task), about).toMatchObject({ status, final: true })
  }
})

test('[T003 T011 G2 G7] agents that come back to a node that was killed go on with what they hold', async () => {
  const folder = await temporaryFolder()
  let node = await spawnNode(folder)
  let isAtWork = false
  const fleet = await startFleet(() => node, agents, {
    capacity: 4,
    work: ({ payload }) => (isAtWork ? { output: payload, confidence: 1 } : undefined),
  })
  const submitter = new Submitter(() => node, 'ann')
  onTestFinished(() => {
    submitter.stop()
    for (const agent of fleet) agent.stop()
  })
  const keys = Array.from({ length: 4 * agents }, (_, at) => `key${at}`)
  await submitter.submit(keys, () => ({ maxAttempts: 1 }))
  await expect.poll(() => fleet.reduce((sum, { seen }) => sum + seen.tasks, 0)).toBe(keys.length)
  // What is acknowledged is on the disk, and all that came before it, the claims among it.
  await submitter.submit(['later'], () => ({ queue: 'nobody' }))
  await node.kill()
  isAtWork = true
  node = await spawnNode(folder, { port: node.port })
  await expect.poll(() => fleet.reduce((sum, { seen }) => sum + seen.resumed, 0), { timeout: 10_000 }).toBe(keys.length)
  for (const agent of fleet) agent.finish()
  await submitter.until(() => keys.every((key) => submitter.finalOf(submitter.accepted.get(key) ?? '') !== undefined))
  for (const key of keys) {
    expect(submitter.told.get(submitter.accepted.get(key) ?? '')).toMatchObject([{ status: 'COMPLETED', output: key }])
  }
  expect(fleet.reduce((sum, { seen }) => sum + seen.tasks, 0)).toBe(keys.length)
  expect(fleet.reduce((sum, { seen }) => sum + seen.lost + seen.stale, 0)).toBe(0)
})
