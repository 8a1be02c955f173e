/**
 * The sets of a shard: a member stands in each set's list under its score, and has one row with all of its scores.
 *
 * One row, as what is in one set is mostly in others too, and is put into them and removed from them together.
 */
import type { Member, Page } from '../port.js'
import { byteString, nameOf, scoreOf, scoreString } from './names.js'
import { Recent } from './recent.js'
import type { Store } from './store.js'
import { listPrefix, rowKey } from './storeKeys.js'

export type SetRange = {
  readonly after?: string
  readonly limit: number
  readonly upTo?: number
  readonly descending?: boolean
}

/** A member: its byte string, the key of its row, and the scores that it has, set by set. */
type Scored = {
  readonly name: string
  readonly key: string
  readonly scores: readonly (readonly [set: string, score: number])[]
}

const scoreBytes = 8
const prefixesInMemory = 4_096

export class Sets {
  readonly #store: Store
  readonly #shard: number
  readonly #prefixes = new Recent<string>(prefixesInMemory)
  readonly #members: Recent<Scored>

  constructor(store: Store, shard: number, membersInMemory: number) {
    this.#store = store
    this.#shard = shard
    this.#members = new Recent(membersInMemory)
  }

  index(set: string, member: string, score: number): void {
    const prefix = this.#prefix(set)
    const scored = this.#member(member)
    const before = scored.scores.find(([one]) => one === set)?.[1]
    if (before === score) return
    if (before !== undefined) this.#store.dropItem(prefix, scoreString(before) + scored.name)
    this.#store.putItem(prefix, scoreString(score) + scored.name, true, before === undefined)
    this.#save(member, scored, [...scored.scores.filter(([one]) => one !== set), [set, score]])
  }

  unindex(set: string, member: string): void {
    const scored = this.#member(member)
    const before = scored.scores.find(([one]) => one === set)?.[1]
    if (before === undefined) return
    this.#store.dropItem(this.#prefix(set), scoreString(before) + scored.name)
    this.#save(
      member,
      scored,
      scored.scores.filter(([one]) => one !== set),
    )
  }

  range(set: string, { after, limit, upTo, descending = false }: SetRange): Page {
    const members: Member[] = []
    // Right after a suffix comes the same with a zero byte.
    const past = after === undefined ? undefined : Buffer.from(after, 'base64url').toString('latin1')
    const end = upTo === undefined ? undefined : `${scoreString(upTo)}${String.fromCharCode(255)}`
    const bounds = descending
      ? { from: '', to: least(past, end), descending }
      : { from: past === undefined ? '' : `${past}\0`, to: end }
    let last = ''
    for (const [suffix] of this.#store.range(this.#prefix(set), bounds)) {
      if (members.length === limit) return { members, cursor: Buffer.from(last, 'latin1').toString('base64url') }
      members.push({ member: nameOf(suffix.slice(scoreBytes)), score: scoreOf(suffix) })
      last = suffix
    }
    return { members }
  }

  #member(member: string): Scored {
    const known = this.#members.get(member)
    if (known !== undefined) return known
    const name = byteString(member)
    const key = rowKey(this.#shard, 'm', name)
    const scored = { name, key, scores: (this.#store.get(key) ?? []) as Scored['scores'] }
    this.#members.set(member, scored)
    return scored
  }

  #save(member: string, { name, key, scores: before }: Scored, scores: Scored['scores']): void {
    this.#members.set(member, { name, key, scores })
    if (scores.length === 0) this.#store.drop(key)
    else this.#store.put(key, scores, before.length === 0)
  }

  #prefix(set: string): string {
    const known = this.#prefixes.get(set)
    if (known !== undefined) return known
    const prefix = listPrefix(this.#shard, 'S', byteString(set))
    this.#prefixes.set(set, prefix)
    return prefix
  }
}

function least(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return left < right ? left : right
}
