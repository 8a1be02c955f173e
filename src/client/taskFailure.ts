/** What a handler throws to say more than its message: by what code it failed, and whether it is worth another try. */

export interface TaskFailureOptions {
  /** For programs to go by. Default: `FAILED`. */
  readonly code?: string
  /** Another attempt, where some are left. Default: true. */
  readonly retry?: boolean
  readonly cause?: unknown
}

export class TaskFailure extends Error {
  override readonly name = 'TaskFailure'
  readonly code: string
  readonly retry: boolean

  constructor(message: string, { code = 'FAILED', retry = true, cause }: TaskFailureOptions = {}) {
    super(message, cause === undefined ? {} : { cause })
    this.code = code
    this.retry = retry
  }
}
