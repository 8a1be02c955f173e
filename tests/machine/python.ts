/**
 * A Python that has the packages which the examples need. The `python3` of the path may be another one than Debian's, so
 * both are tried.
 */
import { spawnSync } from 'node:child_process'

/** What a script imports to be sure of them, and Debian's packages that have it. */
export type Imports = { readonly script: string; readonly packages: readonly string[] }

// `connect` is named because the package loads its parts, and what they need of Python, when they are first used.
export const forClients: Imports = {
  script: 'import msgpack, websockets; websockets.connect',
  packages: ['python3-websockets', 'python3-msgpack'],
}

export const forVerifier: Imports = {
  script: 'from cryptography.hazmat.primitives.serialization import load_pem_public_key',
  packages: ['python3-cryptography'],
}

/** The path of an interpreter that can import them, if there is one. */
export const findPython = ({ script }: Imports): string | undefined => {
  for (const python of ['/usr/bin/python3', 'python3']) {
    const { status, stdout } = spawnSync(python, ['-c', `${script}\nimport sys; print(sys.executable)`], {
      encoding: 'utf8',
    })
    if (status === 0) return stdout.trim()
  }
  return undefined
}

/** Throws what to install. */
export const needPython = (imports: Imports): string => {
  const python = findPython(imports)
  if (python !== undefined) return python
  throw new Error(`These tests run Python with more packages: apt-get install ${imports.packages.join(' ')}`)
}
