import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Attempt, programHandler } from '../../src/cli/programAgent.js'
import { runProgramLine } from '../../src/cli/programRun.js'
import type { Assignment } from '../../src/client/index.js'

const task: Assignment = {
  id: 't1',
  lease: 'secret-lease',
  queue: 'q',
  step: 2,
  steps: 2,
  attempt: 1,
  payload: { big: 2n ** 63n, bytes: new Uint8Array([1, 2, 3]), $odd: 'ü' },
  previous: 'before',
  deadline: 5,
}

const attempts: Attempt[] = []
let folder: string

beforeEach(() => {
  attempts.length = 0
  folder = mkdtempSync(join(tmpdir(), 'chimera-program-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function work(
  program: string,
  { signal = new AbortController().signal, timeoutMs = undefined as number | undefined } = {},
) {
  const handle = programHandler({ program, timeoutMs, onAttempt: (attempt) => attempts.push(attempt) })
  return Promise.resolve(handle(task, { signal }))
}

const node = (script: string) => `node -e '${script}'`

describe('a program as an agent', () => {
  it('[N40] gets the task as JSON, without its lease, and answers in JSON', async () => {
    const answer = await work(
      node(`
        const task = JSON.parse(require("fs").readFileSync(0, "utf8"))
        console.log(JSON.stringify({ output: { task, bytes: { $bin: "/w==" } }, confidence: 0.5, meta: { by: "me" } }))`),
    )
    const { lease: _, ...seen } = task
    expect(answer).toEqual({
      output: { task: seen, bytes: new Uint8Array([255]) },
      confidence: 0.5,
      meta: { by: 'me' },
    })
    expect(attempts).toMatchObject([{ task: 't1', queue: 'q', step: 2, attempt: 1, end: 'answered' }])
  })

  it('[N41] passes on a confidence that is none: the node holds such a result', async () => {
    expect(await work(`echo '{"output":1}'`)).toEqual({ output: 1, confidence: undefined })
    expect(await work(`echo '{"output":null,"confidence":"high"}'`)).toEqual({ output: null, confidence: 'high' })
  })

  it.each([
    ['exit 3', { code: 'PROGRAM_FAILED', message: 'exit code 3' }],
    ['echo too bad >&2; exit 1', { code: 'PROGRAM_FAILED', message: 'exit code 1: too bad' }],
    ['kill -9 $$', { code: 'PROGRAM_FAILED', message: 'ended by SIGKILL' }],
    [
      'no-such-program',
      { code: 'PROGRAM_FAILED', message: expect.stringMatching(/^exit code 127: .*no-such-program/) },
    ],
    [
      'true',
      {
        code: 'BAD_OUTPUT',
        message: expect.stringContaining(
          'expected one JSON object {"output": …, "confidence": 0…1} on the standard output; got nothing',
        ),
      },
    ],
    ['echo hello', { code: 'BAD_OUTPUT', message: expect.stringContaining('got "hello"') }],
    [`echo '{"output":1}{"output":2}'`, { code: 'BAD_OUTPUT' }],
    ['echo 17', { code: 'BAD_OUTPUT', message: expect.stringContaining('got 17') }],
    [`echo '{"result":1}'`, { code: 'BAD_OUTPUT', message: expect.stringContaining('without output, but result') }],
    [`echo '{"output":{"$int":"x"}}'`, { code: 'BAD_OUTPUT', message: expect.stringContaining('an integer') }],
    ['yes', { code: 'TOO_LARGE', retry: false }],
  ])('[N42] %s fails the attempt, and says why', async (program, failure) => {
    await expect(work(program)).rejects.toMatchObject(failure)
    expect(attempts).toMatchObject([{ end: 'failed', error: expect.any(String) }])
  })

  it('[N43] says the end of what its program complained of, at most 2 KiB and made of whole characters', async () => {
    const failure = await work(
      node('process.stderr.write("x".repeat(5000) + "ü".repeat(1500) + "end"); process.exitCode = 1'),
    ).catch((error: Error) => error)
    const said = failure instanceof Error ? failure.message.replace('exit code 1: ', '') : ''
    expect(said).toMatch(/^ü+end$/)
    expect(Buffer.byteLength(said)).toBeLessThanOrEqual(2_048)
  })

  it('[N44] need not read its task', async () => {
    const big = { ...task, payload: 'x'.repeat(1_000_000) }
    const handle = programHandler({
      program: `echo '{"output":1,"confidence":1}'`,
      timeoutMs: undefined,
      onAttempt: () => {},
    })
    const answer = handle(big, { signal: new AbortController().signal })
    expect(await answer).toEqual({ output: 1, confidence: 1 })
  })

  it('[N45] is ended with all that it started when its task is taken away', async () => {
    const stop = new AbortController()
    const pids = join(folder, 'pids')
    const working = work(`sleep 1000 & echo $! > ${pids}.new; mv ${pids}.new ${pids}; wait`, { signal: stop.signal })
    while (!existsSync(pids)) await new Promise(setImmediate)
    stop.abort(new Error('cancelled by ann'))
    await expect(working).rejects.toMatchObject({ code: 'STOPPED', message: 'cancelled by ann' })
    const pid = Number(readFileSync(pids, 'utf8'))
    while (isRunning(pid)) await new Promise(setImmediate)
    expect(attempts).toMatchObject([{ end: 'stopped' }])
  })

  it('[N46] is killed where it does not listen', async () => {
    const stop = new AbortController()
    const ready = join(folder, 'ready')
    const limits = { stdoutBytes: 100, stderrBytes: 100, graceMs: 1 }
    const end = runProgramLine(`trap '' TERM; touch ${ready}; while true; do sleep 1000; done`, '', limits, stop.signal)
    while (!existsSync(ready)) await new Promise(setImmediate)
    stop.abort()
    expect(await end).toEqual({ kind: 'stopped' })
  })

  it('[N47] has as long as it was given', async () => {
    await expect(work('sleep 1000', { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: 'took longer than 1 ms',
    })
  })

  it('[N48] leaves nothing behind that it started in the background', async () => {
    const answer = await work(`sleep 1000 >/dev/null 2>&1 & echo "{\\"output\\":$!,\\"confidence\\":1}"`)
    expect(answer).toMatchObject({ confidence: 1 })
    const pid = 'output' in answer ? Number(answer.output) : 0
    // It was told to end; the system takes a moment.
    while (isRunning(pid)) await new Promise(setImmediate)
  })
})

/** A zombie is gone, too: nobody has fetched what it ended with. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
