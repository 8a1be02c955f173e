/** Certificates as a company has them that is its own authority: made anew for each test, by OpenSSL. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Certificate } from './target.js'

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export class Authority {
  /** Its own certificate, for those who are to trust it. */
  readonly path: string
  readonly #folder: string
  #issued = 0

  constructor(folder: string) {
    this.#folder = folder
    this.path = join(folder, 'authority.pem')
    const asked = ['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Authority of a test']
    this.#openssl(...asked, '-keyout', 'authority.key', '-out', 'authority.pem')
  }

  /** `names`: as OpenSSL writes alternative names; `days`: how long it is good, below 0: it was. */
  issue(names: string, days = 2): Certificate {
    const name = `server${++this.#issued}`
    writeFileSync(join(this.#folder, `${name}.ext`), `subjectAltName=${names}\n`)
    this.#openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    const signed = ['x509', '-req', '-in', `${name}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key']
    this.#openssl(...signed, '-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.pem`)
    return { key: this.#text(`${name}.key`), cert: this.#text(`${name}.pem`) }
  }

  #text(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8')
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' })
  }
}
