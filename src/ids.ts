/** Ids that nobody else has: 22 letters and digits, 130 bits. None begins with a `-`, which a shell takes for a flag. */
import { customAlphabet, customRandom } from 'nanoid'
import type { Random } from './random.js'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const idLength = 22

/** Makes one id. */
export type NewId = () => string

/** From the operating system's randomness: fit for what nobody may guess. */
export const newId: NewId = customAlphabet(alphabet, idLength)

/** Ids that come again with their seed, for simulation. */
export function idsFrom(random: Random): NewId {
  return customRandom(alphabet, idLength, (length) => random.bytes(length))
}
