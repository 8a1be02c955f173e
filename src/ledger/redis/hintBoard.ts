/**
 * Who listens for hints in this process, and the way of hints between processes.
 *
 * Those of our own commits are told here as soon as the commit is answered, so what comes back from the server with our
 * own name on it has been told.
 */

import type { HintListener } from '../port.js'

/** What is told where hints may have been missed: look at everything. */
const anything = '*'

export class HintBoard {
  /** Our name in messages. */
  readonly sender: string
  readonly #listeners = new Map<symbol, HintListener>()
  readonly #keepers = new Map<symbol, (hint: string) => boolean>()

  constructor(sender: string) {
    this.sender = sender
  }

  listen(listener: HintListener, keeps?: (hint: string) => boolean): () => void {
    const key = Symbol('listener')
    this.#listeners.set(key, listener)
    if (keeps !== undefined) this.#keepers.set(key, keeps)
    return () => {
      this.#listeners.delete(key)
      this.#keepers.delete(key)
    }
  }

  /** Does somebody here see to it, so that other processes needn't be told? */
  keeps(hint: string): boolean {
    for (const keeps of this.#keepers.values()) if (keeps(hint)) return true
    return false
  }

  /** What other processes are sent. */
  message(hints: readonly string[]): string {
    return JSON.stringify([this.sender, ...hints])
  }

  /** A message from the server: its sender, then hints. */
  hear(shard: number, message: string): void {
    const [sender, ...hints] = hintsOf(message)
    if (sender === this.sender) return
    for (const hint of hints) this.tell(shard, hint)
  }

  missed(shard: number): void {
    this.tell(shard, anything)
  }

  // One who fails to listen is no reason to keep it from the others.
  tell(shard: number, hint: string, isKept = false): void {
    for (const listener of this.#listeners.values()) {
      try {
        listener(shard, hint, isKept)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
    this.#keepers.clear()
  }
}

/** What somebody else may have said on our channels is no hint. */
function hintsOf(message: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(message)
    return Array.isArray(parsed) ? parsed.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}
