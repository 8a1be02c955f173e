/** One `redis-server` process, ready to be used, and ended by its own id. */
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Child, startChild } from './child.js'

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
  /** A file that its log is added to. */
  readonly log?: string
}

/** It ended before it was ready; the message has the end of its log. */
export class RedisNotStarted extends Error {
  override readonly name = 'RedisNotStarted'
}

const logLinesKept = 20

export async function spawnRedis({ args, removes, isReady, log }: RedisProcessOptions): Promise<RedisProcess> {
  const child = await startChild('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] }, removes)
  if (log !== undefined) child.process.stdout?.pipe(createWriteStream(log, { flags: 'a' }))
  await ready(child, isReady)
  return {
    pid: child.pid,
    end: async (signal) => {
      const ended = signal === 'SIGKILL' ? child.kill() : child.terminate()
      // One that is stopped (SIGSTOP) sees a SIGTERM only once it goes on.
      child.thaw()
      await ended
    },
  }
}

function ready({ process: child }: Child, isReady: RegExp): Promise<void> {
  const { stdout } = child
  const lines: string[] = []
  return new Promise((resolve, reject) => {
    if (stdout === null) throw new Error('its log can not be read')
    createInterface({ input: stdout }).on('line', (line) => {
      lines.push(line)
      if (lines.length > logLinesKept) lines.shift()
      if (isReady.test(line)) resolve()
    })
    // `close` comes after the last line of the log.
    child.once('close', () => reject(new RedisNotStarted(`redis-server ended:\n${lines.join('\n')}`)))
  })
}
