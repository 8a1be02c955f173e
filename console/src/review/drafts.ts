/** Edits that are under way, by card: they outlive a look at another card, a lost connection and an expired token. */
import { signal } from '@preact/signals'
import { fromJson } from '../../../src/protocol/json.js'
import type { ReviewCard } from '../../../src/protocol/records.js'
import { rawJson } from '../output/rawJson.js'

/** `of`: what would have been released when it was begun. */
export type Draft = { readonly text: string; readonly of: string }

/** Tells one thing that approving would release from another: the output, or a colleague's edit of it. */
export const releaseOf = ({ outputHash, edited }: ReviewCard): string =>
  edited === undefined ? outputHash : `edited ${rawJson(edited)}`

export type Checked =
  | { readonly kind: 'good'; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly why: string }

export class Drafts {
  readonly all = signal<ReadonlyMap<string, Draft>>(new Map())

  of(review: string): Draft | undefined {
    return this.all.value.get(review)
  }

  write(review: string, draft: Draft): void {
    this.all.value = new Map(this.all.value).set(review, draft)
  }

  drop(review: string): void {
    const all = new Map(this.all.value)
    if (all.delete(review)) this.all.value = all
  }

  forget(): void {
    this.all.value = new Map()
  }
}

/** Whether the node could take it: JSON, and a value of the protocol. */
export function checkDraft(text: string): Checked {
  try {
    return { kind: 'good', value: fromJson(JSON.parse(text)) }
  } catch (error) {
    return { kind: 'wrong', why: error instanceof Error ? error.message : 'It is no JSON.' }
  }
}
