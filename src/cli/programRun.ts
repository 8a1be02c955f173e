/**
 * One run of a program: text in, text out, in a process group of its own, so that what it started ends with it.
 *
 * What it prints is bounded: too much on the standard output ends it, and of its standard error the end is kept.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'

export type ProgramEnd =
  | { readonly kind: 'done'; readonly stdout: string }
  /** By itself: with this code, or by this signal. */
  | { readonly kind: 'failed'; readonly how: string; readonly stderr: string }
  | { readonly kind: 'tooMuch'; readonly maxBytes: number }
  /** The shell could not be started. */
  | { readonly kind: 'unstarted'; readonly why: string }
  /** By us, since `signal` was aborted. */
  | { readonly kind: 'stopped' }

export type ProgramLimits = {
  readonly stdoutBytes: number
  readonly stderrBytes: number
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number
}

/** Those that run, so that none is left behind when this process ends. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) killGroup(child, 'SIGKILL')
})

/** `program` is a line for the shell. Never rejects. */
export function runProgramLine(
  program: string,
  input: string,
  { stdoutBytes, stderrBytes, graceMs }: ProgramLimits,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const child = spawn(program, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  running.add(child)
  let early: ProgramEnd | undefined
  let kill: NodeJS.Timeout | undefined
  const end = (why: ProgramEnd) => {
    early ??= why
    killGroup(child, 'SIGTERM')
    kill ??= setTimeout(() => killGroup(child, 'SIGKILL'), graceMs)
  }
  const stdout = collect(child.stdout, stdoutBytes, () => end({ kind: 'tooMuch', maxBytes: stdoutBytes }))
  const stderr = collectEnd(child.stderr, stderrBytes)
  const onAbort = () => end({ kind: 'stopped' })
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  // A program need not read what it is given.
  child.stdin.on('error', () => {})
  child.stdin.end(input)

  return new Promise((resolve) => {
    const settle = (found: ProgramEnd) => {
      clearTimeout(kill)
      signal.removeEventListener('abort', onAbort)
      // What it left in the background goes with it.
      killGroup(child, 'SIGKILL')
      running.delete(child)
      resolve(early ?? found)
    }
    child.on('error', (error) => settle({ kind: 'unstarted', why: error.message }))
    // Those that it left running may hold its output open: they have a moment, and then their group is ended.
    child.on('exit', () => {
      kill ??= setTimeout(() => killGroup(child, 'SIGKILL'), graceMs)
    })
    child.on('close', (code, by) => {
      if (code === 0) settle({ kind: 'done', stdout: stdout() })
      else settle({ kind: 'failed', how: by === null ? `exit code ${code}` : `ended by ${by}`, stderr: stderr() })
    })
  })
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone.
  }
}

/** The text so far; beyond `maxBytes` nothing is kept. */
function collect(stream: Readable, maxBytes: number, onTooMuch: () => void): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxBytes) chunks.push(chunk)
    else onTooMuch()
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

/** The last `maxBytes` of it, from the beginning of a character. */
function collectEnd(stream: Readable, maxBytes: number): () => string {
  let tail = Buffer.alloc(0)
  let isCut = false
  stream.on('data', (chunk: Buffer) => {
    const all = Buffer.concat([tail, chunk.subarray(-maxBytes)])
    isCut ||= tail.length + chunk.length > maxBytes
    tail = Buffer.from(all.subarray(-maxBytes))
  })
  return () => {
    let from = 0
    // A byte of the form 10xxxxxx goes on with a character that began before.
    while (isCut && from < tail.length && ((tail[from] ?? 0) & 0xc0) === 0x80) from++
    return tail.subarray(from).toString('utf8')
  }
}
