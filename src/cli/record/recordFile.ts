/** A record in a file: read and checked line by line, or written while it is checked. Neither is ever whole in memory. */
import { createReadStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { type Checked, type Expected, RecordCheck } from './recordCheck.js'

const lineBreak = 0x0a
/** No line of a record is near as long. */
const longestLine = 32 * 1024 * 1024

/** Rejects where the file can't be read. */
export const checkFile = (path: string, key: string, expected?: Expected): Promise<Checked> =>
  checkChunks(createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>, key, expected)

/** `chunks`: the file, cut anywhere. */
export async function checkChunks(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  key: string,
  expected?: Expected,
): Promise<Checked> {
  const check = new RecordCheck(key, expected)
  let rest: Buffer[] = []
  let restBytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(lineBreak); end >= 0; end = chunk.indexOf(lineBreak, from)) {
      const line = restBytes === 0 ? chunk.subarray(from, end) : Buffer.concat([...rest, chunk.subarray(from, end)])
      rest = []
      restBytes = 0
      from = end + 1
      if (!check.take(line)) return check.end()
    }
    if (from < chunk.length) {
      rest.push(chunk.subarray(from))
      restBytes += chunk.length - from
    }
    if (restBytes > longestLine) {
      check.take(Buffer.alloc(0))
      return check.end()
    }
  }
  return check.end(restBytes === 0)
}

/** Writes lines as they come. The file is there under its name once all of them are, and are right; else not at all. */
export async function writeRecord(
  path: string,
  key: string,
  lines: AsyncIterable<readonly string[]>,
): Promise<Checked> {
  const check = new RecordCheck(key)
  const draft = `${path}.part`
  const file = await open(draft, 'w', 0o600)
  try {
    for await (const some of lines) {
      if (some.length > 0) await file.write(`${some.join('\n')}\n`)
      for (const line of some) check.take(Buffer.from(line))
    }
    await file.sync()
    await file.close()
    const checked = check.end()
    if (checked.kind === 'right') await rename(draft, path)
    return checked
  } finally {
    await file.close().catch(() => {})
    await rm(draft, { force: true })
  }
}
