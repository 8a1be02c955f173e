/**
 * A process that was started here, and is ended by its own id.
 *
 * None is left behind: a guard beside it reads from a pipe that only this process can write to. However this one ends,
 * `kill -9` included, the system closes the pipe, and the guard ends the child, be it stopped or not.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

export type Child = {
  readonly process: ChildProcess
  readonly pid: number
  readonly isRunning: () => boolean
  /** `kill -9`, and waits for its end. */
  readonly kill: () => Promise<void>
  /** As asked politely; waits for its end. */
  readonly terminate: () => Promise<void>
  /** Stands still, wherever it is. */
  readonly freeze: () => void
  readonly thaw: () => void
}

/**
 * Rejects where the program can't be run at all. A group of its own: Ctrl-C is for the one who proves.
 * @param removes a folder that the guard removes, where this process doesn't come to do it
 */
export async function startChild(
  program: string,
  args: readonly string[],
  options: Omit<SpawnOptions, 'detached'>,
  removes = '',
): Promise<Child> {
  const child = spawn(program, args, { ...options, detached: true })
  const ended = once(child, 'exit')
  const { pid } = child
  if (pid === undefined) throw await ended.then(() => new Error(`${program} could not be run`))
  ended.catch(() => {})
  const guard = guardOf(pid, removes)
  child.once('exit', () => guard.kill('SIGKILL'))
  const isRunning = () => child.exitCode === null && child.signalCode === null
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (!isRunning()) return
    child.kill(signal)
    await ended
  }
  return {
    process: child,
    pid,
    isRunning,
    kill: () => end('SIGKILL'),
    terminate: () => end('SIGTERM'),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
  }
}

function guardOf(pid: number, removes: string): ChildProcess {
  const script = 'read -r _; kill -9 "$0"; [ -z "$1" ] || rm -rf "$1"'
  const guard = spawn('sh', ['-c', script, `${pid}`, removes], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return guard
}
