import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { lifecycle, Stopped } from '../src/lifecycle.js'
import { lifecycleContract } from './lifecycleContract.js'

lifecycleContract('a thing that does nothing', () => lifecycle({ start: async () => {}, stop: async () => {} }))

lifecycleContract('a server', () => {
  const server = createServer()
  return lifecycle({
    start: () => new Promise((resolve) => server.listen(0, '127.0.0.1', resolve)),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  })
})

describe('lifecycle', () => {
  test('[A86] a start that fails says why, once, and needs no stop', async () => {
    const calls: string[] = []
    const thing = lifecycle({
      start: async () => {
        calls.push('start')
        throw new Error('port taken')
      },
      stop: async () => void calls.push('stop'),
    })
    await expect(thing.start()).rejects.toThrow('port taken')
    await thing.stop()
    expect(calls).toEqual(['start'])
  })

  test('[A86] a start that throws before it awaits is a rejection like any other', async () => {
    const thing = lifecycle({
      start: () => {
        throw new Error('at once')
      },
      stop: async () => {},
    })
    await expect(thing.start()).rejects.toThrow('at once')
  })

  test('[A87] stop waits for all that stops, whoever calls', async () => {
    let release = () => {}
    let isStopped = false
    const thing = lifecycle({
      start: async () => {},
      stop: () =>
        new Promise((resolve) => {
          release = resolve
        }),
    })
    await thing.start()
    const stops = Promise.all([thing.stop(), thing.stop()]).then(() => {
      isStopped = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(isStopped).toBe(false)
    release()
    await stops
  })

  test('[A88] a stop during the start tells it by its signal', async () => {
    const calls: string[] = []
    const thing = lifecycle({
      start: (signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            calls.push('told')
            resolve()
          })
        }),
      stop: async () => void calls.push('stopped'),
    })
    const start = thing.start()
    const isRejected = expect(start).rejects.toBeInstanceOf(Stopped)
    await new Promise((resolve) => setImmediate(resolve))
    await thing.stop()
    await isRejected
    expect(calls).toEqual(['told', 'stopped'])
  })
})
