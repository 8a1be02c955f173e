/**
 * Finds a Python that has the packages which the examples need. Where none has them, root installs Debian's; anybody
 * else is told what to install. The `python3` of the path may be another one than Debian's, so both are tried.
 */
import { execFileSync, spawnSync } from 'node:child_process'

/** What a script imports to be sure of them, and Debian's packages that have it. */
export type Needs = { readonly script: string; readonly packages: readonly string[] }

// `connect` is named because the package loads its parts, and what they need of Python, when they are first used.
const forClients: Needs = {
  script: 'import msgpack, websockets; websockets.connect',
  packages: ['python3-websockets', 'python3-msgpack'],
}

export const forVerifier: Needs = {
  script: 'from cryptography.hazmat.primitives.serialization import load_pem_public_key',
  packages: ['python3-cryptography'],
}

const candidates = ['/usr/bin/python3', 'python3']
const installMs = 300_000

/** The path of an interpreter that can import them. */
export const findPython = (needs = forClients): string => {
  const usable = (python: string) => pathOf(python, needs)
  const found = candidates.map(usable).find((path) => path !== undefined)
  if (found !== undefined) return found
  const command = `apt-get install -y ${needs.packages.join(' ')}`
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    install(needs)
    const installed = usable('/usr/bin/python3')
    if (installed !== undefined) return installed
  }
  throw new Error(`The Python examples need more packages. Install them with: ${command}`)
}

const pathOf = (python: string, { script }: Needs): string | undefined => {
  const { status, stdout } = spawnSync(python, ['-c', `${script}\nimport sys; print(sys.executable)`], {
    encoding: 'utf8',
  })
  return status === 0 ? stdout.trim() : undefined
}

const install = ({ packages }: Needs): void => {
  const options = { stdio: 'ignore', timeout: installMs } as const
  execFileSync('apt-get', ['update'], options)
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'python3', ...packages], options)
}
