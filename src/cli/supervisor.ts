/**
 * A child process of this very command, kept running: one that dies by itself is started again. It has a channel to
 * here, by which it tells that it is ready, and whose end it takes for its own; so none is left behind.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { CommandFailure } from './failure.js'

export type SupervisedOptions = {
  /** Words after `chimera`; asked for before each start. */
  readonly words: () => readonly string[]
  /** What the child said over its channel: each time it is ready. */
  readonly onReady: (message: unknown) => void
  /** It won't get up: what it said last. */
  readonly onGivenUp: (failure: CommandFailure) => void
}

/** That many deaths in a row, of one that was ready once. One that never was won't be. */
const maxFailures = 3
const restartMs = 200
/** From SIGTERM to SIGKILL. */
const stopMs = 15_000
const lastWordsBytes = 2_048

export class Supervised {
  readonly #options: SupervisedOptions
  #child: ChildProcess | undefined
  #timer: NodeJS.Timeout | undefined
  #wasReady = false
  #failures = 0
  #restarts = 0
  #isStopping = false

  constructor(options: SupervisedOptions) {
    this.#options = options
    this.#start()
  }

  /** How often it died and was started again. */
  get restarts(): number {
    return this.#restarts
  }

  /** Asks it to end, and settles when it has. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#timer)
    const child = this.#child
    if (child === undefined) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    const kill = setTimeout(() => child.kill('SIGKILL'), stopMs)
    await ended
    clearTimeout(kill)
  }

  #start(): void {
    const [, script = ''] = process.argv
    // A group of its own: Ctrl-C is for the one who supervises.
    const child = spawn(process.execPath, [...process.execArgv, script, ...this.#options.words()], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      detached: true,
    })
    this.#child = child
    let lastWords = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString('utf8')).slice(-lastWordsBytes)
    })
    child.on('message', (message) => {
      this.#wasReady = true
      this.#failures = 0
      this.#options.onReady(message)
    })
    child.on('error', (error) => {
      lastWords = error.message
    })
    child.once('exit', (code, signal) => this.#ended(signal ?? `exit code ${code}`, lastWords))
  }

  #ended(how: string, lastWords: string): void {
    this.#child = undefined
    if (this.#isStopping) return
    this.#failures++
    if (!this.#wasReady || this.#failures > maxFailures) {
      const [command] = this.#options.words()
      this.#options.onGivenUp(new CommandFailure(`${command} does not start (${how}): ${lastWords.trim()}`))
      return
    }
    this.#restarts++
    this.#timer = setTimeout(() => this.#start(), restartMs)
  }
}
