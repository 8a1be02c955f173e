/**
 * A node in a process of its own, as it is shipped: it can be killed, and doesn't share its event loop with the load.
 *
 * It runs what `npm run build` made, so `npm test` builds first.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { type Flags, secret } from './world.js'

export const program = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))

export type ChildNode = {
  readonly url: string
  readonly port: string
  /** Its data folder, as it sees it. */
  readonly data: string
  /** Bytes that its process takes in memory just now. */
  residentBytes(): Promise<number>
  signal(signal: NodeJS.Signals): void
  /** Its exit code, once it has ended; null: it was killed. */
  readonly ended: Promise<number | null>
  /** `kill -9`, and wait for its end. */
  kill(): Promise<void>
}

const flagsOf = (flags: Flags): readonly string[] =>
  Object.entries(flags).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ])

/** A disk of its own, of so many bytes, mounted in a name space of its own: both are gone with the process. */
const onDisk = (folder: string, bytes: number, command: readonly string[]): readonly string[] => {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const mount = `mount -t tmpfs -o size=${bytes} disk "$0" && exec "$@"`
  return ['unshare', '--mount', ...asRoot, 'sh', '-c', mount, folder, ...command]
}

/** `diskBytes`: over this folder lies an empty disk of that size; `env`: what its process finds there beside its secret. */
export const spawnNode = async (
  data: string,
  flags: Flags = {},
  { diskBytes, env = {} }: { readonly diskBytes?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ChildNode> => {
  const given = flagsOf({ data, port: '0', logLevel: 'warn', ...flags })
  const command = [process.execPath, program, 'serve', ...given]
  const [first = '', ...args] = diskBytes === undefined ? command : onDisk(data, diskBytes, command)
  const child = spawn(first, args, {
    env: { PATH: process.env.PATH, CHIMERA_JWT_SECRET: secret, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const url = await listening(child)
  onTestFinished(() => kill(child))
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return {
    url,
    signal: (signal) => child.kill(signal),
    ended,
    port: new URL(url).port,
    data: diskBytes === undefined ? data : `/proc/${child.pid}/root${data}`,
    residentBytes: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024
    },
    kill: () => kill(child),
  }
}

/** Its address; rejects with what it said, where it doesn't come so far. */
const listening = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => (said += part.toString()))
    child.once('exit', (code, signal) => reject(new Error(`the node ended with ${code ?? signal}: ${said}`)))
    child.once('error', reject)
    child.once('message', (message) => resolve((message as { readonly url: string }).url))
  })

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
