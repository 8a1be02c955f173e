/**
 * What we build on may be given on with the project, and `npm ci` installs it everywhere without running its code. Read
 * from the lock file, so packages of packages and those of other platforms are among it.
 *
 * What `package.json` puts in the place of what others ask for, and why:
 * - pako, for autocannon's histograms, is under zlib's licence too: `bench/pako` makes the same calls to Node's zlib;
 * - light-my-request from 6.8 on asks for a cookie that needs Node 22;
 * - msgpackr-extract after 3.0.4, and Biome after 2.5, name packages for platforms that the registry lacks, and a lock
 *   file without them is refused by `npm ci`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

type Names = Readonly<Record<string, unknown>>

type Locked = {
  readonly license?: string
  readonly hasInstallScript?: boolean
  readonly dependencies?: Names
  readonly optionalDependencies?: Names
}

const root = resolve(import.meta.dirname, '..')
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))

const allowed = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'MPL-2.0']

const locked = Object.entries<Locked>(read('package-lock.json').packages)
const places = new Set(locked.map(([place]) => place))
const packages = locked.filter(([place]) => place !== '')

const nameOf = (place: string): string => place.replace(/^.*node_modules\//, '')

/** What a package says of itself, where it lies on disk; the lock file speaks for those of other platforms. */
function licenceOf(place: string, { license }: Locked): unknown {
  const manifest = join(place, 'package.json')
  return existsSync(join(root, manifest)) ? read(manifest).license : license
}

/** An SPDX expression is fine where one of its alternatives is, and that one where all its parts are. */
function isAllowed(licence: unknown): boolean {
  if (typeof licence !== 'string') return false
  const alternatives = licence.replace(/^\((.*)\)$/, '$1').split(' OR ')
  return alternatives.some((each) => each.split(' AND ').every((part) => allowed.includes(part)))
}

/** Whether a package that lies at `place` finds another one: beside itself, or further up. */
function isFound(place: string, name: string): boolean {
  if (places.has(join(place, 'node_modules', name))) return true
  const up = place.lastIndexOf('node_modules/')
  return up >= 0 && isFound(place.slice(0, up).replace(/\/$/, ''), name)
}

describe('the packages that we build on', () => {
  it('[P1] are all under a licence that we may use', () => {
    expect(packages.length).toBeGreaterThan(100)
    const others = packages
      .map(([place, entry]) => ({ name: nameOf(place), licence: licenceOf(place, entry) }))
      .filter(({ licence }) => !isAllowed(licence))
    expect(others).toEqual([])
  })

  it.each([
    ['MIT', true],
    ['(MIT OR EUPL-1.1+)', true],
    ['Unlicense OR Apache-2.0', true],
    ['MIT AND ISC', true],
    ['(MIT AND Zlib)', false],
    ['MIT-0', false],
    ['BSD-3-Clause-Clear', false],
    ['GPL-3.0-only OR (MIT AND Zlib)', false],
    ['SEE LICENSE IN LICENSE', false],
    ['', false],
    [undefined, false],
  ])('[P2] have a licence of %j read as it is meant', (licence, isFine) => {
    expect(isAllowed(licence)).toBe(isFine)
  })

  it('[P3] install without a script: those that have one are told to leave it', () => {
    const { allowScripts } = read('package.json')
    const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => nameOf(place))
    expect(scripted.filter((name) => allowScripts[name] !== false)).toEqual([])
  })

  it('[P4] are all in the lock file, those of other platforms too', () => {
    const missing = locked.flatMap(([place, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isFound(place, name))
        .map((name) => `${name}, for ${nameOf(place)}`),
    )
    expect(missing).toEqual([])
  })
})
