/**
 * Before the tests: Redis, a browser and Python's packages are on this machine. Where root may, Debian's packages of all
 * that is missing are installed in one go, since two installations at once refuse each other.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { hasChromium } from './chromium.js'
import { findPython, forClients, forVerifier } from './python.js'

const run = promisify(execFile)

type Need = { readonly what: string; readonly packages: readonly string[]; readonly isThere: () => Promise<boolean> }

const needs: readonly Need[] = [
  { what: 'redis-server 7.0 or later on the PATH', packages: ['redis-server'], isThere: hasRedis },
  { what: 'a browser at /usr/bin/chromium', packages: ['chromium'], isThere: hasChromium },
  ...[forClients, forVerifier].map((imports) => ({
    what: `a Python with ${imports.packages.join(' and ')}`,
    packages: ['python3', ...imports.packages],
    isThere: async () => findPython(imports) !== undefined,
  })),
]

const installMs = 600_000

/** Never rejects: what is missing is told here, and fails the tests that need it. */
export default async function setUp(): Promise<void> {
  const missing = await missingNeeds()
  if (missing.length === 0) return
  const packages = missing.flatMap((need) => need.packages)
  const why = await install(packages).then(
    () => 'their packages were installed, and have none',
    (error: unknown) => (error instanceof Error ? error.message.trim() : String(error)),
  )
  const left = await missingNeeds()
  if (left.length > 0) console.error(`The tests need ${left.map((need) => need.what).join(', ')} (${why}).`)
}

async function missingNeeds(): Promise<readonly Need[]> {
  const areThere = await Promise.all(needs.map((need) => need.isThere()))
  return needs.filter((_, index) => !areThere[index])
}

function hasRedis(): Promise<boolean> {
  return run('redis-server', ['--version']).then(
    () => true,
    () => false,
  )
}

async function install(packages: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error(`Debian: "sudo apt-get install ${packages.join(' ')}"`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Another installation on this machine is waited for, and a mirror that fails is asked again.
  const options = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3']
  const aptGet = (...args: readonly string[]) => run('apt-get', [...options, ...args], { env, timeout: installMs })
  const packageArgs = ['install', '--no-install-recommends', ...packages]
  // A machine that is new has no lists of packages yet, and an old one may have lists of what is gone.
  await aptGet(...packageArgs).catch(async () => {
    await aptGet('update')
    await aptGet(...packageArgs)
  })
}
