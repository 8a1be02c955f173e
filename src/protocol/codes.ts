/**
 * The catalogue of what a node can answer instead of doing it, and of why it closes a connection.
 *
 * The sentences are for people; programs go by the code. Codes are added, never renamed.
 */

export const errorCodes = {
  BAD_FRAME: 'The message or frame is malformed; the tenth in a minute closes the connection.',
  UNKNOWN_TYPE: 'No frame of this type is known for this role.',
  NOT_READY: 'The connection has not said hello yet.',
  FORBIDDEN: 'The token does not allow this.',
  NOT_FOUND: 'There is nothing of this id, or it belongs to somebody else.',
  INVALID: 'A field is wrong; the message names it and what was expected.',
  CONFLICT: 'The key is known with other content.',
  STALE_LEASE: 'The lease has ended or is foreign; nothing was changed.',
  ALREADY_DECIDED: 'Somebody else has decided the card.',
  CLAIMED: 'Another operator is at work on the card.',
  CHANGED: 'The card is no longer the one you saw.',
  PAUSED: 'Work is paused here for now.',
  OVERLOADED: 'The node has no room for this right now; retry after `retryAfterMs`.',
  RATE_LIMITED: 'Too much in too short a time; retry after `retryAfterMs`.',
  TOO_LARGE: 'A value is larger than the limits told in `welcome`.',
  INTERNAL: 'The node failed; send it again.',
} as const

export type ErrorCode = keyof typeof errorCodes

export const closeCodes = {
  1003: 'A text message; frames are binary.',
  1008: 'Too many malformed frames.',
  1009: 'A message over the limit of its size.',
  1011: 'A bug of the node; it closes this connection alone.',
  4001: 'Replaced by a newer connection; do not reconnect by yourself.',
  4002: 'The node drains; reconnect after `reconnectMs`.',
  4003: 'No hello in time.',
  4004: 'Silent for too long.',
  4008: 'The token has expired.',
  4009: 'Too slow: the send buffer is full.',
  4010: 'Banned.',
} as const

export type CloseCode = keyof typeof closeCodes

/** Whether a client may open a new connection by itself after this close. */
export const mayReconnect = (code: number): boolean => code !== 4001 && code !== 4008 && code !== 4010
