/** Before the tests of the console: there is a Chromium on this machine, of Debian's package where nobody put another. */
import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const chromiumPath = '/usr/bin/chromium'

const installMs = 300_000

const isThere = (): Promise<boolean> =>
  access(chromiumPath).then(
    () => true,
    () => false,
  )

/** Rejects with what to do where it can't be installed from here. */
export async function installChromium(): Promise<void> {
  if (await isThere()) return
  const why = await install().then(
    () => 'its package was installed, and has none',
    (error: unknown) => (error instanceof Error ? error.message.trim() : String(error)),
  )
  if (await isThere()) return
  throw new Error(`The tests of the console drive a browser: put Chromium at ${chromiumPath} (${why}).`)
}

async function install(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('Debian: "sudo apt-get install chromium"')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const aptGet = (...args: readonly string[]) => run('apt-get', ['-q', '-y', ...args], { env, timeout: installMs })
  const packageArgs = ['install', '--no-install-recommends', 'chromium']
  // A machine that is new has no lists of packages yet.
  await aptGet(...packageArgs).catch(async () => {
    await aptGet('update')
    await aptGet(...packageArgs)
  })
}
