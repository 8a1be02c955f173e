/** What a connection needs of a WebSocket. Messages, pongs and the end are told to the connection by whoever made it. */
export interface Socket {
  /** Bytes given to `send` that the operating system hasn't taken yet. */
  readonly bufferedAmount: number
  send(message: Uint8Array): void
  ping(): void
  /** Sends a close frame behind what was sent before. */
  close(code: number, reason: string): void
  /** Ends it at once. */
  terminate(): void
  /** Reads no more until `resume`; what was read already is still told. */
  pause(): void
  resume(): void
}
