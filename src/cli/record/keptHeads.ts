/**
 * Checkpoints that were kept elsewhere: what a chain's hash was at a number, which it stays for ever. They show a record
 * that is an older one, or was made anew by somebody who has the key.
 */
import type { KeyObject } from 'node:crypto'
import type { EntryLine } from '../../tasks/recordLines.js'
import { isSigned, lineIn } from './recordLine.js'

type Place = Pick<EntryLine, 'shard' | 'generation' | 'seq'>

const nameOf = ({ shard, generation, seq }: Place): string => `${shard} ${generation} ${seq}`

export class KeptHeads {
  readonly #heads = new Map<string, string>()
  readonly #last = new Map<string, Place>()

  /** `text`: checkpoints, a line each. Throws where one isn't signed by the key, naming its line. */
  constructor(text: string, key: KeyObject) {
    for (const [at, one] of text.split('\n').entries()) {
      if (one === '') continue
      const bytes = Buffer.from(one)
      const line = lineIn(bytes)
      if (line?.kind !== 'checkpoint' || !isSigned(bytes, key))
        throw new TypeError(`line ${at + 1} is no checkpoint that is signed by this key`)
      for (const head of line.chains) this.#keep(line.tenant, head)
    }
  }

  #keep(tenant: string, head: Place & { readonly head: string }): void {
    this.#heads.set(`${tenant} ${nameOf(head)}`, head.head)
    const chain = `${tenant} ${head.shard}`
    const before = this.#last.get(chain)
    if (before === undefined || before.generation !== head.generation || before.seq < head.seq)
      this.#last.set(chain, head)
  }

  /** What the entry's hash was; undefined: it isn't known. */
  headAt(line: EntryLine): string | undefined {
    return this.#heads.get(`${line.tenant} ${nameOf(line)}`)
  }

  /** How far the chain went at the last of them, if that was in this generation. */
  lastOf(tenant: string, shard: number, generation: string): number {
    const last = this.#last.get(`${tenant} ${shard}`)
    return last?.generation === generation ? last.seq : 0
  }
}
