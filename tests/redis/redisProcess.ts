/**
 * One `redis-server` process, ended by its own id.
 *
 * It is never left behind: a guard beside it reads from a pipe that only this process can write to. However this one
 * ends, `kill -9` included, the system closes the pipe, and the guard ends the server.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export type RedisProcess = {
  readonly pid: number
  /** Sends the signal and waits for the end. Nothing where it has ended. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

export type RedisProcessOptions = {
  readonly args: readonly string[]
  /** A folder that goes with this process, where it doesn't come to remove it. */
  readonly removes?: string
  /** The line of its log after which it can be used. */
  readonly isReady: RegExp
}

/** It ended before it was ready; the message has the end of its log. */
export class RedisNotStarted extends Error {
  override readonly name = 'RedisNotStarted'
}

const logLinesKept = 20

export async function spawnRedis({ args, removes, isReady }: RedisProcessOptions): Promise<RedisProcess> {
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  ended.catch(() => {})
  const { pid } = child
  if (pid === undefined) {
    await ended
    throw new RedisNotStarted('redis-server could not be run')
  }
  const guard = guardOf(pid, removes)
  child.once('exit', () => guard.kill('SIGKILL'))
  await ready(child, isReady)
  return {
    pid,
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      // One that is stopped (SIGSTOP) sees a SIGTERM only once it goes on.
      child.kill('SIGCONT')
      await ended
    },
  }
}

function guardOf(pid: number, removes = ''): ChildProcess {
  const script = 'read -r _; kill -9 "$0"; [ -z "$1" ] || rm -rf "$1"'
  const guard = spawn('sh', ['-c', script, `${pid}`, removes], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  guard.unref()
  return guard
}

function ready(child: ChildProcess, isReady: RegExp): Promise<void> {
  const log: string[] = []
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('its log can not be read')
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line)
      if (log.length > logLinesKept) log.shift()
      if (isReady.test(line)) resolve()
    })
    // `close` comes after the last line of the log.
    child.once('close', () => reject(new RedisNotStarted(`redis-server ended:\n${log.join('\n')}`)))
  })
}
