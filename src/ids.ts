/** Ids that nobody else has: 21 characters of `A-Za-z0-9_-`, 126 bits. */
import { customRandom, nanoid, urlAlphabet } from 'nanoid'
import type { Random } from './random.js'

const idLength = 21

/** Makes one id. */
export type NewId = () => string

/** From the operating system's randomness: fit for what nobody may guess. */
export const newId: NewId = () => nanoid(idLength)

/** Ids that come again with their seed, for simulation. */
export function idsFrom(random: Random): NewId {
  return customRandom(urlAlphabet, idLength, (length) => random.bytes(length))
}
