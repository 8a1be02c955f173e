/** The version of this program, from its package: two folders up in the source, three where it is built. */
import { readFileSync } from 'node:fs'

const read = (path: string): string | undefined => {
  try {
    const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
    return name === 'chimera' ? String(version) : undefined
  } catch {
    return undefined
  }
}

export const version: string = read('../../package.json') ?? read('../../../package.json') ?? '0'
