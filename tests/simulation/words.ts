/**
 * What agents and operators say in a run. Each word carries a marker that stands nowhere else, so whoever finds the
 * marker in a frame or a record knows who said it, and whether it should ever have got there.
 *
 * What is to be held is known here from how the word was made, not from the gate's verdict.
 */
import { Raw } from '../../src/protocol/raw.js'
import type { Dice } from './dice.js'

export type Word = {
  readonly marker: string
  readonly tenant: string
  readonly origin: 'payload' | 'agent' | 'operator'
  /** A value as it is sent; undefined: not sent at all. */
  readonly value: unknown
  readonly confidence: unknown
  readonly isHeld: boolean
}

// No country's letters: a marker with words behind it is not to be read as an IBAN.
const marked = /qz\d{7}/g

export const markersIn = (bytes: Uint8Array): readonly string[] => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return text.match(marked) ?? []
}

const low = [0, 0.1, 0.65, 0.699]
/** The codec refuses to say it; an agent in another language won't. */
const nan = new Raw(Uint8Array.of(0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0))
const none = [undefined, null, nan, -0.1, 1.01, '0.99', true, [1]]
const high = [0.7, 0.71, 0.9, 1]

const sensitive: readonly ((marker: string) => unknown)[] = [
  (marker) => `the password is ${marker}`,
  (marker) => ({ secret_key: marker }),
  (marker) => ({ steps: [{ note: `please DELETE  ALL of ${marker}` }] }),
  (marker) => [`over${marker}`, 'override-security'],
  (marker) => ({ ssn: '078-05-1120', about: marker }),
]

const harmless: readonly ((marker: string) => unknown)[] = [
  (marker) => marker,
  (marker) => ({ label: 'ham', about: marker }),
  (marker) => [marker, 1, null, { deep: [[marker]] }],
  (marker) => ({ text: `${marker} ${'lorem ipsum '.repeat(500)}` }),
]

export class Words {
  readonly #byMarker = new Map<string, Word>()

  find(marker: string): Word | undefined {
    return this.#byMarker.get(marker)
  }

  /** An agent's output, as often held as not. */
  output(dice: Dice, tenant: string): Word {
    const isSensitive = dice.chance(0.25)
    const isSure = dice.chance(0.75)
    const confidence = isSure ? dice.pick(high) : dice.chance(0.5) ? dice.pick(low) : dice.pick(none)
    return this.#make(
      { tenant, origin: 'agent' },
      dice.pick(isSensitive ? sensitive : harmless),
      confidence,
      isSensitive || !isSure,
    )
  }

  /** What stands in an error text, or what an operator writes: judged without confidence. */
  text(dice: Dice, by: Pick<Word, 'tenant' | 'origin'>, sensitivity: number): Word {
    const isSensitive = dice.chance(sensitivity)
    const say = (marker: string) => (isSensitive ? `my SSN and ${marker}` : `it broke: ${marker}`)
    return this.#make(by, say, undefined, isSensitive)
  }

  /** A payload: nothing is held there, and no other tenant may see it. */
  payload(tenant: string): Word {
    return this.#make({ tenant, origin: 'payload' }, (marker) => ({ mail: marker }), undefined, false)
  }

  #make(
    by: Pick<Word, 'tenant' | 'origin'>,
    say: (marker: string) => unknown,
    confidence: unknown,
    isHeld: boolean,
  ): Word {
    const marker = `qz${String(this.#byMarker.size).padStart(7, '0')}`
    const word = { marker, ...by, value: say(marker), confidence, isHeld }
    this.#byMarker.set(marker, word)
    return word
  }
}
