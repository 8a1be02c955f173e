/** Starts a node, or the floor that it is held against, as a child process, and asks it for tokens and figures. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type NodeQuestion =
  | { readonly kind: 'token'; readonly sub: string; readonly role: string }
  | { readonly kind: 'usage'; readonly collect: boolean }
  | { readonly kind: 'stop' }

/** CPU of all threads since the start, in µs; memory in bytes; lag of the event loop since the last question, in ms. */
export type Usage = {
  readonly cpuUs: number
  readonly rss: number
  readonly heapUsed: number
  readonly lagP99Ms: number
  readonly lagMaxMs: number
}

export type NodeAnswer =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'token'; readonly token: string }
  | ({ readonly kind: 'usage' } & Usage)

export interface BenchProcess {
  readonly url: string
  token(sub: string, role: string): Promise<string>
  /** `collect`: after a garbage collection. */
  usage(collect?: boolean): Promise<Usage>
  stop(): Promise<void>
  /** By SIGKILL: nothing is tidied up. */
  kill(): Promise<void>
}

const next = async <Kind extends NodeAnswer['kind']>(child: ChildProcess, kind: Kind) => {
  const [answer] = (await once(child, 'message')) as [NodeAnswer]
  if (answer.kind !== kind) throw new Error(`expected ${kind}, got ${answer.kind}`)
  return answer as Extract<NodeAnswer, { kind: Kind }>
}

const startProcess = async (file: string, args: readonly string[]): Promise<BenchProcess> => {
  const execArgv = [
    '--expose-gc',
    // As the `chimera` command has it.
    '--max-semi-space-size=64',
    ...(process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []),
  ]
  const child = fork(new URL(file, import.meta.url), args, { execArgv })
  const { url } = await next(child, 'ready')
  const say = (question: NodeQuestion): void => {
    child.send(question)
  }
  return {
    url,
    token: async (sub, role) => {
      say({ kind: 'token', sub, role })
      return (await next(child, 'token')).token
    },
    usage: async (collect = false) => {
      say({ kind: 'usage', collect })
      return next(child, 'usage')
    },
    stop: async () => {
      const gone = once(child, 'exit')
      say({ kind: 'stop' })
      await gone
    },
    kill: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** A node over an empty folder that goes with it. `isUnwatched`: nobody asks for the lag of its event loop. */
export const startBenchNode = async (
  flags: Readonly<Record<string, string>> = {},
  { isUnwatched = false }: { readonly isUnwatched?: boolean } = {},
): Promise<BenchProcess> => {
  const folder = mkdtempSync(join(tmpdir(), 'chimera-bench-'))
  const config = { port: '0', data: folder, logLevel: 'warn', connectsPerSecond: '100000', ...flags }
  const node = await startProcess('./nodeProcess.js', [JSON.stringify(config), ...(isUnwatched ? ['unwatched'] : [])])
  const removed = async (ended: Promise<void>): Promise<void> => {
    await ended
    rmSync(folder, { recursive: true })
  }
  return { ...node, stop: () => removed(node.stop()), kill: () => removed(node.kill()) }
}

/** The floor: what comes is decoded, encoded and sent back, and nothing else. */
export const startEcho = (): Promise<BenchProcess> => startProcess('./echoProcess.js', [])
