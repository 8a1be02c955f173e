/** One command by `redis-cli`, as an operator would give it: tests look at a server past the code under test. */
import { execFile } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What it prints; rejects for an error that the server answers. */
export async function redisCommand(port: number, ...command: readonly string[]): Promise<string> {
  const { stdout } = await run('redis-cli', ['-e', '-h', '127.0.0.1', '-p', `${port}`, ...command])
  return stdout.trim()
}

const retryMs = 50

/** Asks again until the answer is the wanted one; the test's own deadline ends it. */
export async function untilAnswer(wanted: RegExp, port: number, ...command: readonly string[]): Promise<void> {
  while (!wanted.test(await redisCommand(port, ...command).catch(String))) await setTimeout(retryMs)
}
