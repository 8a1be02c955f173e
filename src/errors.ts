/**
 * What a person did wrong outside a frame: a flag, a variable, a folder. The message says what to do next; it is shown
 * as it is, without a stack.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
