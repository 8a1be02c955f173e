/**
 * Finds a Python that has the two packages which the examples need. Where none has them, root installs Debian's;
 * anybody else is told what to install. The `python3` of the path may be another one than Debian's, so both are tried.
 */
import { execFileSync, spawnSync } from 'node:child_process'

const debianPackages = ['python3-websockets', 'python3-msgpack']
const candidates = ['/usr/bin/python3', 'python3']
const installMs = 300_000

/** The path of an interpreter that can import both packages. */
export const findPython = (): string => {
  const found = candidates.map(usable).find((path) => path !== undefined)
  if (found !== undefined) return found
  const command = `apt-get install -y ${debianPackages.join(' ')}`
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    install()
    const installed = usable('/usr/bin/python3')
    if (installed !== undefined) return installed
  }
  throw new Error(`The Python examples need the packages websockets and msgpack. Install them with: ${command}`)
}

// `connect` is named because the package loads its parts, and what they need of Python, when they are first used.
const usable = (python: string): string | undefined => {
  const script = 'import sys, msgpack, websockets; websockets.connect; print(sys.executable)'
  const { status, stdout } = spawnSync(python, ['-c', script], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

const install = (): void => {
  const options = { stdio: 'ignore', timeout: installMs } as const
  execFileSync('apt-get', ['update'], options)
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'python3', ...debianPackages], options)
}
