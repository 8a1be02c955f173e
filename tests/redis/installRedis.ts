/** Before the tests: there is a `redis-server` on this machine, of Debian's package where nobody has put another one. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

const installMs = 300_000

const isThere = (): Promise<boolean> =>
  run('redis-server', ['--version']).then(
    () => true,
    () => false,
  )

/** Rejects with what to do where it can't be installed from here. */
export default async function installRedis(): Promise<void> {
  if (await isThere()) return
  const why = await install().then(
    () => 'its package was installed, and has none',
    (error: unknown) => (error instanceof Error ? error.message.trim() : String(error)),
  )
  if (await isThere()) return
  throw new Error(`The tests start Redis servers of their own: put redis-server 7.0 or later on the PATH (${why}).`)
}

async function install(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('Debian: "sudo apt-get install redis-server"')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = (...args: readonly string[]) => run('apt-get', ['-q', '-y', ...args], { env, timeout: installMs })
  const packageArgs = ['install', '--no-install-recommends', 'redis-server']
  // A machine that is new has no lists of packages yet.
  await aptGet(...packageArgs).catch(async () => {
    await aptGet('update')
    await aptGet(...packageArgs)
  })
}
