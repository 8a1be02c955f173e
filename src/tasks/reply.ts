/** The answer to a request, whoever carries it: a session's `ack` or `error` frame, or an HTTP response. */
import type { ErrorCode } from '../protocol/codes.js'

export type Reply =
  | { readonly kind: 'ack'; readonly fields: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'error'
      readonly code: ErrorCode
      readonly message: string
      readonly retryAfterMs?: number
      /** Beside the error, such as the `card` as it stands. */
      readonly fields?: Readonly<Record<string, unknown>>
    }

export const ack = (fields: Readonly<Record<string, unknown>>): Reply => ({ kind: 'ack', fields })

export const refuse = (
  code: ErrorCode,
  message: string,
  more: { retryAfterMs?: number; fields?: Readonly<Record<string, unknown>> } = {},
): Reply => ({
  kind: 'error',
  code,
  message,
  ...more,
})

export const overloaded = (retryAfterMs: number): Reply =>
  refuse('OVERLOADED', 'The node has more to do than it can take on just now; send it again later.', { retryAfterMs })
