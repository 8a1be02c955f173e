/**
 * Any program as an agent: one process for each task, which gets the task as JSON on its standard input and answers
 * `{"output": …, "confidence": 0…1}` on its standard output.
 *
 * What it says where it fails goes to the node as the error's text, and passes the gate there like everything else.
 */
import {
  type Answer,
  type Assignment,
  type Handle,
  type Release,
  type TaskContext,
  TaskFailure,
} from '../client/index.js'
import { fromJson, toJson } from '../protocol/json.js'
import { type ProgramEnd, runProgramLine } from './programRun.js'
import { excerpt } from './terminal.js'

export type Attempt = {
  readonly task: string
  readonly queue: string
  readonly step: number
  readonly attempt: number
  readonly end: 'answered' | 'failed' | 'stopped'
  readonly ms: number
  readonly error?: string
}

export type ProgramAgentOptions = {
  readonly program: string
  /** Beside each task's own deadline. */
  readonly timeoutMs: number | undefined
  readonly onAttempt: (attempt: Attempt) => void
}

const limits = { stdoutBytes: 8 * 1_048_576, stderrBytes: 2_048, graceMs: 5_000 }
const expected = 'expected one JSON object {"output": …, "confidence": 0…1} on the standard output'

/** All that it needs of its context is when to stop: a program that runs once for a task can't be told a decision. */
type ProgramHandle = (task: Assignment, ctx: Pick<TaskContext, 'signal'>) => ReturnType<Handle>

export function programHandler({ program, timeoutMs, onAttempt }: ProgramAgentOptions): ProgramHandle {
  return async (task, ctx) => {
    const since = performance.now()
    const { id, queue, step, attempt } = task
    const told = (end: Attempt['end'], error?: string) =>
      onAttempt({
        task: id,
        queue,
        step,
        attempt,
        end,
        ms: Math.round(performance.now() - since),
        ...(error === undefined ? {} : { error }),
      })
    try {
      const answer = await attemptOf(program, task, ctx, timeoutMs)
      told('answered')
      return answer
    } catch (error) {
      const isStopped = ctx.signal.aborted
      told(isStopped ? 'stopped' : 'failed', String(error instanceof Error ? error.message : error))
      throw error
    }
  }
}

async function attemptOf(
  program: string,
  { lease: _, ...task }: Assignment,
  { signal }: Pick<TaskContext, 'signal'>,
  timeoutMs: number | undefined,
): Promise<Answer | Release> {
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
  const stop = timeout === undefined ? signal : AbortSignal.any([signal, timeout])
  const end = await runProgramLine(program, `${JSON.stringify(toJson(task))}\n`, limits, stop)
  if (end.kind === 'done') return answerOf(end.stdout)
  throw failureOf(end, signal, timeoutMs)
}

/** A confidence that is none is the node's business: it holds the result for a person. */
function answerOf(stdout: string): Answer {
  const { output, confidence, meta, ...rest } = objectOf(stdout)
  if (output === undefined) {
    const keys = Object.keys(rest).slice(0, 5).join(', ')
    throw badOutput(`${expected}; got an object without output${keys === '' ? '' : `, but ${keys}`}`)
  }
  try {
    const said = { output: fromJson(output), confidence: fromJson(confidence) as number }
    return meta === undefined ? said : { ...said, meta: fromJson(meta) }
  } catch (error) {
    throw badOutput(`${expected}; ${error instanceof Error ? error.message : String(error)}`)
  }
}

function objectOf(stdout: string): Partial<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(stdout)
  } catch {
    throw badOutput(`${expected}; got ${stdout.trim() === '' ? 'nothing' : `${JSON.stringify(excerpt(stdout, 200))}`}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw badOutput(`${expected}; got ${excerpt(JSON.stringify(value), 200)}`)
}

const badOutput = (message: string): TaskFailure => new TaskFailure(message, { code: 'BAD_OUTPUT' })

function failureOf(
  end: Exclude<ProgramEnd, { kind: 'done' }>,
  signal: AbortSignal,
  timeoutMs: number | undefined,
): TaskFailure {
  switch (end.kind) {
    case 'failed': {
      const said = end.stderr.trim()
      return new TaskFailure(`${end.how}${said === '' ? '' : `: ${said}`}`, { code: 'PROGRAM_FAILED' })
    }
    case 'tooMuch':
      return new TaskFailure(`more than ${end.maxBytes} bytes on the standard output`, {
        code: 'TOO_LARGE',
        retry: false,
      })
    case 'unstarted':
      return new TaskFailure(`could not be started: ${end.why}`, { code: 'PROGRAM_FAILED' })
    case 'stopped': {
      const why = signal.aborted ? reasonOf(signal) : `took longer than ${timeoutMs} ms`
      return new TaskFailure(why, { code: signal.aborted ? 'STOPPED' : 'TIMEOUT' })
    }
  }
}

const reasonOf = ({ reason }: AbortSignal): string => (reason instanceof Error ? reason.message : String(reason))
