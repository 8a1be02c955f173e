/** Has a load run in a process of its own. */
import { fork } from 'node:child_process'
import type { Found, LoadAnswer, LoadWord, loads, Order } from './loadProcess.js'
import { signal } from './signal.js'

type LoadName = keyof typeof loads
type Spent<Name extends LoadName> = Found<Name> & { readonly loadCpuUs: number }

/** A load that goes on until it is told to stop. */
export interface RunningLoad<Name extends LoadName> {
  /** Once all of it is connected and at work. */
  readonly ready: Promise<void>
  readonly found: Promise<Spent<Name>>
  stop(): void
}

export const startLoad = <Name extends LoadName>(load: Name, order: Order<Name>): RunningLoad<Name> => {
  const child = fork(new URL('./loadProcess.js', import.meta.url))
  const ready = signal()
  const found = new Promise<Spent<Name>>((resolve, reject) => {
    child.on('message', (answer: LoadAnswer) => {
      if (answer.kind === 'ready') ready.resolve()
      else resolve({ ...(answer.found as Found<Name>), loadCpuUs: answer.cpuUs })
    })
    child.once('exit', () => reject(new Error(`the load ${load} ended without a word`)))
  })
  const say = (word: LoadWord): void => {
    child.send(word)
  }
  say({ kind: 'run', load, order: order as never })
  return { ready: Promise.race([ready.promise, found.then(() => {})]), found, stop: () => say({ kind: 'stop' }) }
}

/** One that ends by itself. */
export const runLoad = <Name extends LoadName>(load: Name, order: Order<Name>): Promise<Spent<Name>> =>
  startLoad(load, order).found
