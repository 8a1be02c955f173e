import { describe, expect, test } from 'vitest'
import type { ActorDefinition } from '../../../src/actors/runtime/actor.js'
import type { Asked, From, Reply, Stop } from '../../../src/actors/runtime/effect.js'
import { act, fail, got, gotBriefly, newWorld, note, probe, type World } from './world.js'

type OracleMessage =
  | Asked<{ readonly kind: 'double'; readonly n: number }>
  | Asked<{ readonly kind: 'later' }>
  | { readonly kind: 'answerAll'; readonly n: number }
  | { readonly kind: 'leave' }

/** Answers at once, or keeps who asked until it is told to answer all. */
const oracle: ActorDefinition<readonly From[], OracleMessage, Reply | Stop> = {
  name: 'oracle',
  supervision: 'restart',
  mailbox: { work: 3 },
  start: () => [[]],
  on: {
    double: (open, { n, from }) => [open, { kind: 'reply', to: from, message: note(2 * n) }],
    later: (open, { from }) => [[...open, from]],
    answerAll: (open, { n }) => [[], ...open.map((to): Reply => ({ kind: 'reply', to, message: note(n) }))],
    leave: (open) => [open, { kind: 'stop' }],
  },
}

function worldWithOracle(): World {
  const world = newWorld()
  world.system.spawn(oracle, 'oracle', undefined)
  world.system.spawn(probe, 'a', undefined)
  world.run()
  return world
}

const ask = (kind: string, tag: string, deadlineMs = 100) =>
  ({ kind: 'ask', to: 'oracle', message: { kind, n: 21 }, deadlineMs, tag }) as const

describe('questions', () => {
  test('[A30] the answer comes back under the tag of the question', () => {
    const world = worldWithOracle()
    world.system.tell('a', act(ask('double', 't')))
    world.run()
    expect(got(world, 'a')).toEqual([{ kind: 'replied', tag: 't', message: note(42) }])
    expect(world.clock.nextDue()).toBeUndefined()
  })

  test('[A31] no answer by the deadline is told at the deadline; a later one is a dead letter', () => {
    const world = worldWithOracle()
    world.system.tell('a', act(ask('later', 't')))
    world.run()
    world.clock.advance(500)
    expect(world.system.inspect('a')).toEqual([{ kind: 'unanswered', tag: 't', why: 'deadline', at: 1_100 }])
    world.system.tell('oracle', { kind: 'answerAll', n: 1 })
    world.run()
    expect(got(world, 'a').length).toBe(1)
    expect(world.letters).toEqual([{ to: 'a', actor: 'probe', messageKind: 'note', reason: 'late' }])
  })

  test('[A32] nobody there, and a full mailbox, are told at once', () => {
    const world = worldWithOracle()
    const toNobody = { ...ask('double', 'n'), to: 'nobody' }
    world.system.tell('a', act(toNobody, ...['1', '2', '3', '4'].map((tag) => ask('later', tag))))
    world.run()
    expect(got(world, 'a')).toEqual([
      { kind: 'unanswered', tag: 'n', why: 'noActor' },
      { kind: 'unanswered', tag: '4', why: 'full' },
    ])
    expect(world.letters).toEqual([])
  })

  test('[A33] one who stops or fails before answering what waits has its askers told', () => {
    const world = worldWithOracle()
    world.system.tell('a', act({ kind: 'tell', to: 'oracle', message: { kind: 'leave' } }, ask('double', 't')))
    world.run()
    expect(gotBriefly(world, 'a')).toEqual(['stopped'])
    world.system.spawn(probe, 'b', undefined)
    world.system.tell('a', act({ kind: 'ask', to: 'b', message: fail, deadlineMs: 100, tag: 'u' }))
    world.run()
    expect(gotBriefly(world, 'a')).toEqual(['stopped', 'failed'])
  })

  test('[A34] a tag asked again replaces the open question: only the newer one is answered', () => {
    const world = worldWithOracle()
    world.system.tell('a', act(ask('later', 't'), ask('later', 't')))
    world.run()
    world.system.tell('oracle', { kind: 'answerAll', n: 5 })
    world.run()
    expect(got(world, 'a')).toEqual([{ kind: 'replied', tag: 't', message: note(5) }])
    expect(world.letters.map(({ reason }) => reason)).toEqual(['late'])
  })

  test('[A35] a question is answered once', () => {
    const world = newWorld()
    const twice: typeof oracle = {
      ...oracle,
      on: {
        ...oracle.on,
        double: (open, { from }) => [
          open,
          { kind: 'reply', to: from, message: note(1) },
          { kind: 'reply', to: from, message: note(2) },
        ],
      },
    }
    world.system.spawn(twice, 'oracle', undefined)
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act(ask('double', 't')))
    world.run()
    expect(got(world, 'a')).toEqual([{ kind: 'replied', tag: 't', message: note(1) }])
    expect(world.letters.map(({ reason }) => reason)).toEqual(['late'])
  })

  test('[A36] an asker that has stopped, or begun anew, gets no answer to what it asked before', () => {
    const world = worldWithOracle()
    world.system.tell('a', act(ask('later', 't')))
    world.system.tell('a', fail)
    world.run()
    world.clock.advance(50)
    world.system.tell('oracle', { kind: 'answerAll', n: 5 })
    world.run()
    expect(got(world, 'a')).toEqual([])
    expect(world.letters.map(({ reason }) => reason)).toEqual(['failed', 'late'])
  })

  test('[A37] a question from outside is answered by a promise', async () => {
    const world = worldWithOracle()
    const answer = world.system.ask('oracle', { kind: 'double', n: 4 }, 100)
    world.run()
    await expect(answer).resolves.toEqual(note(8))
  })

  test('[A37] a question from outside that gets no answer says why', async () => {
    const world = worldWithOracle()
    const late = world.system.ask('oracle', { kind: 'later' }, 100)
    const nobody = world.system.ask('nobody', { kind: 'later' }, 100)
    await expect(nobody).rejects.toMatchObject({ name: 'AskFailure', why: 'noActor' })
    world.run()
    world.clock.advance(100)
    await expect(late).rejects.toMatchObject({ name: 'AskFailure', why: 'deadline' })
  })

  test("[A38] a message's own field `from` is not taken for a question", () => {
    const world = worldWithOracle()
    world.system.tell('a', act(ask('later', 't')))
    world.run()
    const forged = { kind: 'unheardOf', from: { address: 'a', tag: 1 } }
    world.system.tell('oracle', forged)
    world.system.tell('oracle', { ...forged, from: null })
    world.run()
    expect(got(world, 'a')).toEqual([])
  })
})
