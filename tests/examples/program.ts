/** A program under test, as a process of its own. Its lines are kept until somebody asks for them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Program {
  /** The next line in which `part` occurs; those before it are dropped. Rejects where there is none. */
  line(part?: string): Promise<string>
  write(text: string): void
  /** Nothing more to read. */
  endInput(): void
  /** Its exit code, null where a signal ended it, and what it wrote to stderr. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>
  /** Ends it at once, without a chance to say good-bye. */
  kill(): Promise<void>
}

export const startProgram = (
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Program => {
  const child = spawn(command, args, { env: { ...env }, stdio: 'pipe' })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = endOf(child)
  // A program that has ended doesn't read what is still written to it.
  child.stdin.on('error', () => {})
  return {
    line: async (part = '') => {
      for (;;) {
        const { done, value } = await lines.next()
        if (done) throw new Error(`ended before a line with "${part}": ${(await ended).stderr}`)
        if (value.includes(part)) return value
      }
    },
    write: (text) => child.stdin.write(text),
    endInput: () => child.stdin.end(),
    ended,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

const endOf = (child: ChildProcess): Program['ended'] =>
  new Promise((resolve, reject) => {
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stderr }))
  })
