/**
 * Random numbers, passed in, so that a run can be repeated from its seed. Not for secrets, but for `bytes` of the
 * system's own, which come from the operating system.
 */
import { randomFillSync } from 'node:crypto'

export interface Random {
  /** At least 0, less than 1. */
  next(): number
  /** A whole number: at least 0, less than n. */
  int(n: number): number
  bytes(length: number): Uint8Array
}

export const systemRandom: Random = {
  next: Math.random,
  int: (n) => Math.floor(Math.random() * n),
  bytes: (length) => randomFillSync(new Uint8Array(length)),
}

/**
 * The same numbers for the same seed, on every machine: sfc32 (Chris Doty-Humphrey, PractRand), which runs through its
 * first 12 numbers so that seeds that are alike part.
 */
export function seededRandom(seed: number): Random {
  let a = 0
  let b = seed >>> 0
  let c = Math.floor(seed / 2 ** 32) >>> 0
  let counter = 1

  function word(): number {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  // 53 bits, as many as a number of this kind can tell apart.
  const next = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53

  for (let i = 0; i < 12; i++) word()
  return {
    next,
    int: (n) => Math.floor(next() * n),
    bytes: (length) => Uint8Array.from({ length }, () => word() >>> 24),
  }
}
