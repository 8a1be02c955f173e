/** What is in a folder: names, kinds, and of files every byte. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** Hex of the content by path; `folder` or `other` for what is no file. */
export const snapshotOf = async (folder: string): Promise<Readonly<Record<string, string>>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const seen = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      const content = entry.isFile()
        ? (await readFile(path)).toString('base64')
        : entry.isDirectory()
          ? 'folder'
          : 'other'
      return [relative(folder, path), content] as const
    }),
  )
  return Object.fromEntries(seen.sort(([a], [b]) => (a < b ? -1 : 1)))
}
