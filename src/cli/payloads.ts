/** The payloads of a `submit`: one value from a flag or the standard input, or one a line of a file, read as it is needed. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { UsageError } from '../errors.js'
import { fromJson } from '../protocol/json.js'
import { isInteractive, readInput } from './terminal.js'

export type PayloadSource = { readonly payload?: string | undefined; readonly lines?: string | undefined }

/** In the JSON of free values. `line` counts from 1, where there are lines. Throws `UsageError`. */
export async function* payloadsFrom({
  payload,
  lines,
}: PayloadSource): AsyncGenerator<{ readonly payload: unknown; readonly line?: number }> {
  if (payload !== undefined && lines !== undefined)
    throw new UsageError('--payload and --lines: expected one of them, got both')
  if (lines !== undefined) yield* linesOf(lines)
  else if (payload !== undefined) yield { payload: parsed(payload, '--payload') }
  else if (isInteractive())
    throw new UsageError('no payload: give --payload JSON, --lines FILE, or JSON on the standard input')
  else yield { payload: parsed(await readInput(), 'the standard input') }
}

async function* linesOf(file: string): AsyncGenerator<{ readonly payload: unknown; readonly line: number }> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  const failed = new Promise<never>((_, reject) =>
    input.on('error', (error: Error) => reject(new UsageError(`--lines ${file}: ${error.message}`))),
  )
  failed.catch(() => {})
  const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  const iterator = reader[Symbol.asyncIterator]()
  for (let line = 1; ; line++) {
    const next = await Promise.race([iterator.next(), failed])
    if (next.done) return
    if (next.value.trim() !== '') yield { payload: parsed(next.value, `${file}:${line}`), line }
  }
}

/** Checked here, so that the place is named as whoever wrote it knows it. */
function parsed(text: string, place: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    fromJson(value)
    return value
  } catch (error) {
    throw new UsageError(`${place}: expected JSON (${error instanceof Error ? error.message : String(error)})`)
  }
}
