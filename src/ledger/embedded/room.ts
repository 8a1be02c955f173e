/** How much room the folder's disk has left, looked up beside the work: every so many calls, each time while scarce. */
import { statfs } from 'node:fs/promises'

const callsBetween = 32

export class Room {
  readonly #folder: string
  readonly #leastBytes: number
  #isScarce = false
  #isLooking = false
  #calls = 0

  /** Less than `leastBytes` is scarce. */
  constructor(folder: string, leastBytes: number) {
    this.#folder = folder
    this.#leastBytes = leastBytes
  }

  /** As it was when last looked up. */
  isScarce(): boolean {
    this.#calls += 1
    if (this.#isScarce || this.#calls % callsBetween === 0) void this.look()
    return this.#isScarce
  }

  async look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      const { bavail, bsize } = await statfs(this.#folder)
      this.#isScarce = bavail * bsize < this.#leastBytes
    } catch {
      // What can't be looked up stays as it was; a disk that is really full refuses the write.
    } finally {
      this.#isLooking = false
    }
  }
}
