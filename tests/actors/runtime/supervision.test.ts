import { describe, expect, test } from 'vitest'
import { defaultRestartBackoff, supervise } from '../../../src/actors/runtime/supervise.js'
import { act, fail, gotBriefly, newWorld, note, probe } from './world.js'

const backoff = { firstMs: 100, longestMs: 1_000, windowMs: 10_000, restarts: 3 }

describe('supervise', () => {
  test('[A40] the delay doubles with each failure in the window, up to the longest', () => {
    const many = { ...backoff, restarts: 100 }
    const delays = [0, 1, 2, 3, 4, 5].map((n) => supervise('restart', Array(n).fill(5), many, 6, 0.999_999)[1])
    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000].map((delayMs) => ({ kind: 'restart', delayMs })))
  })

  test('[A40] jitter spreads restarts over the upper half of the delay', () => {
    expect(supervise('restart', [], backoff, 6, 0)[1]).toEqual({ kind: 'restart', delayMs: 50 })
    expect(supervise('restart', [], backoff, 6, 0.5)[1]).toEqual({ kind: 'restart', delayMs: 75 })
  })

  test('[A41] one failure too many in the window escalates; older ones are forgotten', () => {
    expect(supervise('restart', [1, 2, 3], backoff, 9_000, 0)[1]).toEqual({ kind: 'escalate' })
    expect(supervise('restart', [1, 2, 3], backoff, 10_001, 0)).toEqual([
      [2, 3, 10_001],
      { kind: 'restart', delayMs: 200 },
    ])
  })

  test('[A42] who is to stop or to escalate does so at once', () => {
    expect(supervise('stop', [], backoff, 1, 0)[1]).toEqual({ kind: 'stop' })
    expect(supervise('escalate', [], backoff, 1, 0)[1]).toEqual({ kind: 'escalate' })
  })
})

describe('supervision', () => {
  test('[A43] after a throw the message is a dead letter, and the actor starts anew with the rest of its mail', () => {
    const world = newWorld({ restartBackoff: backoff })
    world.system.spawn(probe, 'a', undefined)
    for (const message of [note(1), fail, note(2)]) world.system.tell('a', message)
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([1])
    expect(world.letters).toEqual([{ to: 'a', actor: 'probe', messageKind: 'fail', reason: 'failed' }])
    expect(world.failures).toMatchObject([
      { address: 'a', actor: 'probe', messageKind: 'fail', directive: { kind: 'restart' } },
    ])
    expect(world.system.tell('a', note(3))).toBe('ok')
    world.run()
    expect(gotBriefly(world, 'a')).toEqual([1])
    world.clock.advance(100)
    expect(gotBriefly(world, 'a')).toEqual([2, 3])
  })

  test('[A44] a mailbox keeps its bound while its actor waits for its restart', () => {
    const world = newWorld({ restartBackoff: backoff })
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', fail)
    world.run()
    expect([1, 2, 3, 4, 5].map((n) => world.system.tell('a', note(n))).at(-1)).toBe('full')
  })

  test('[A45] who keeps failing gives up, escalates, and has its mail accounted for', () => {
    const world = newWorld({ restartBackoff: backoff })
    world.system.spawn(probe, 'a', undefined)
    for (let i = 0; i < 4; i++) {
      world.system.tell('a', fail)
      world.run()
      if (i < 3) world.clock.advance(1_000)
    }
    expect(world.failures.map(({ directive }) => directive.kind)).toEqual(['restart', 'restart', 'restart', 'escalate'])
    expect(world.system.has('a')).toBe(false)
    expect(world.clock.nextDue()).toBeUndefined()
  })

  test('[A45] mail behind the failure of an actor that stops is a dead letter', () => {
    const world = newWorld()
    world.system.spawn({ ...probe, supervision: 'stop' }, 'a', undefined)
    for (const message of [fail, note(1)]) world.system.tell('a', message)
    world.run()
    expect(world.letters.map(({ messageKind, reason }) => [messageKind, reason])).toEqual([
      ['fail', 'failed'],
      ['note', 'stopped'],
    ])
    expect(world.failures.map(({ directive }) => directive.kind)).toEqual(['stop'])
  })

  test('[A46] a handler that throws is a failure of the actor; the effects behind it are not carried out', () => {
    const world = newWorld({ restartBackoff: backoff })
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act({ kind: 'log', line: '1' }, { kind: 'explode' }, { kind: 'log', line: '2' }))
    world.run()
    expect(world.lines).toEqual(['a: 1'])
    expect(String(world.failures[0]?.error)).toMatch('exploded')
    world.clock.advance(100)
    expect(world.system.inspect('a')).toEqual([])
  })

  test('[A47] a failing start is tried again, and its failure names no message', () => {
    const world = newWorld({ restartBackoff: backoff })
    let attempts = 0
    const late: typeof probe = {
      ...probe,
      start: () => {
        if (++attempts < 3) throw new Error('not yet')
        return [[]]
      },
    }
    world.system.spawn(late, 'a', undefined)
    world.system.tell('a', note(1))
    world.run()
    world.clock.advance(1_000)
    expect(attempts).toBe(3)
    expect(gotBriefly(world, 'a')).toEqual([1])
    expect(world.failures.every((failure) => !('messageKind' in failure))).toBe(true)
  })

  test('[A48] a restart ends the wake-ups of before', () => {
    const world = newWorld({ restartBackoff: backoff })
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act({ kind: 'wake', key: 'k', at: 1_010 }))
    world.system.tell('a', fail)
    world.run()
    world.clock.advance(5_000)
    expect(gotBriefly(world, 'a')).toEqual([])
  })

  test('[A49] an actor that stopped in the step that failed does not come back', () => {
    const world = newWorld({ restartBackoff: backoff })
    world.system.spawn(probe, 'a', undefined)
    world.system.tell('a', act({ kind: 'stop' }, { kind: 'explode' }))
    world.run()
    world.clock.advance(5_000)
    expect(world.system.has('a')).toBe(false)
    expect(world.failures.map(({ directive }) => directive.kind)).toEqual(['stop'])
  })

  test('[A50] drain waits for an actor that is to start again and has mail', async () => {
    const world = newWorld({ restartBackoff: backoff })
    world.system.spawn(probe, 'a', undefined)
    for (const message of [fail, note(1)]) world.system.tell('a', message)
    world.run()
    let isDrained = false
    const drained = world.system.drain().then(() => {
      isDrained = true
    })
    await Promise.resolve()
    expect(isDrained).toBe(false)
    world.clock.advance(100)
    await drained
  })

  test('[A51] by default an actor comes back within the first minute of failures, eight times', () => {
    expect(defaultRestartBackoff).toEqual({ firstMs: 50, longestMs: 5_000, windowMs: 60_000, restarts: 8 })
  })
})
