/**
 * The sets of a shard: a member stands in each set's list under its score, and has one row with all of its scores.
 *
 * One row, as what is in one set is mostly in others too, and is put into them and removed from them together.
 */
import type { Member, Page } from '../port.js'
import type { Slot } from './layer.js'
import { byteString, nameOf, scoreOf, scoreString } from './names.js'
import { Recent } from './recent.js'
import type { Store } from './store.js'
import { listTable, memberName, rowTable, type Table } from './tables.js'

export type SetRange = {
  readonly after?: string
  readonly limit: number
  readonly upTo?: number
  readonly descending?: boolean
}

/** A member: its byte string, the name of its row, and the scores that it has, set by set. */
export type Scored = { readonly name: string; readonly row: string; scores: Scores; slot: Slot | undefined }

type Scores = readonly (readonly [set: string, score: number])[]

const scoreBytes = 8
const listsInMemory = 4_096

export class Sets {
  readonly #store: Store
  readonly #shard: number
  readonly #rows: Table
  readonly #lists = new Recent<Table>(listsInMemory)
  readonly #members: Recent<Scored>

  constructor(store: Store, shard: number, membersInMemory: number) {
    this.#store = store
    this.#shard = shard
    this.#rows = rowTable(shard, 'r')
    this.#members = new Recent(membersInMemory)
  }

  /** Throws where the set or the member can't be called so. Good for the call that it was found in. */
  member(set: string, member: string): Scored {
    this.#list(set)
    return this.#member(member)
  }

  index(set: string, scored: Scored, score: number): void {
    const before = scoreIn(scored.scores, set)
    if (before === score) return
    const list = this.#list(set)
    if (before !== undefined) this.#store.drop(list, scoreString(before) + scored.name)
    this.#store.put(list, scoreString(score) + scored.name, true, { isNew: before === undefined })
    const one = [set, score] as const
    this.#save(scored, before === undefined ? [...scored.scores, one] : [...without(scored.scores, set), one])
  }

  unindex(set: string, scored: Scored): void {
    const before = scoreIn(scored.scores, set)
    if (before === undefined) return
    this.#store.drop(this.#list(set), scoreString(before) + scored.name)
    this.#save(scored, without(scored.scores, set))
  }

  /** Between calls: no more than so many stay in memory. */
  forget(): void {
    this.#lists.forget()
    this.#members.forget()
  }

  range(set: string, { after, limit, upTo, descending = false }: SetRange): Page {
    this.forget()
    const members: Member[] = []
    // Right after a suffix comes the same with a zero byte.
    const past = after === undefined ? undefined : Buffer.from(after, 'base64url').toString('latin1')
    const end = upTo === undefined ? undefined : `${scoreString(upTo)}${String.fromCharCode(255)}`
    const bounds = descending
      ? { from: '', to: least(past, end), descending }
      : { from: past === undefined ? '' : `${past}\0`, to: end }
    let last = ''
    for (const [suffix] of this.#store.range(this.#list(set), bounds)) {
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
    const row = memberName(name)
    const scores = (this.#store.get(this.#rows, row) ?? []) as Scores
    const scored = { name, row, scores, slot: undefined }
    this.#members.set(member, scored)
    return scored
  }

  #save(scored: Scored, scores: Scores): void {
    const { row, scores: before, slot } = scored
    scored.scores = scores
    if (scores.length === 0) scored.slot = this.#store.drop(this.#rows, row, slot)
    else scored.slot = this.#store.put(this.#rows, row, scores, { isNew: before.length === 0, slot })
  }

  #list(set: string): Table {
    const known = this.#lists.get(set)
    if (known !== undefined) return known
    const list = listTable(this.#shard, 'S', byteString(set))
    this.#lists.set(set, list)
    return list
  }
}

function scoreIn(scores: Scores, set: string): number | undefined {
  for (const [one, score] of scores) if (one === set) return score
  return undefined
}

const without = (scores: Scores, set: string): Scores => scores.filter(([one]) => one !== set)

function least(left: string | undefined, right: string | undefined): string | undefined {
  if (left === undefined || right === undefined) return left ?? right
  return left < right ? left : right
}
