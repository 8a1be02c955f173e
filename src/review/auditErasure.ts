/**
 * What somebody wrote can be erased from the record: the texts beside an entry go, a signed note takes their place, and
 * the entry keeps their hashes, so that the chain can still be checked. The erasure is an entry itself.
 */
import type { Desk } from '../tasks/desk.js'
import { auditWrites } from '../tasks/entries.js'
import { textsKey } from '../tasks/keys.js'
import { commit, now, type Procedure, readOne } from '../tasks/procedure.js'
import { signedLine, textLineOf } from '../tasks/recordLines.js'

export type Erasure =
  /** `isNew` false: it was erased before. */
  | { readonly kind: 'erased'; readonly isNew: boolean }
  /** No sealed entry of this number that has texts. */
  | { readonly kind: 'none' }
  | { readonly kind: 'overloaded'; readonly retryAfterMs: number }

type By = { readonly tenant: string; readonly sub: string }

const tries = 8

/** `entry`: shard and number, as `3/17`. */
export function* eraseTexts(
  desk: Pick<Desk, 'shards' | 'notary'>,
  { tenant, sub }: By,
  entry: string,
  reason: string | undefined,
): Procedure<Erasure> {
  const [shard = -1, seq = 0] = entry.split('/').map(Number)
  if (shard < 0 || shard >= desk.shards) return { kind: 'none' }
  const record = textsKey(tenant, seq)
  for (let round = 0; round < tries; round++) {
    const fields = yield* readOne(shard, record)
    if (fields === null) return { kind: 'none' }
    if (typeof fields.erased === 'string') return { kind: 'erased', isNew: false }
    const texts = Object.keys(fields).filter((field) => field.startsWith('text.'))
    const at = yield* now()
    const { generation } = textLineOf(String(fields[texts[0] ?? '']))
    const erased = signedLine(desk.notary, { v: 1, kind: 'erased', tenant, shard, generation, seq, by: sub, at })
    const gone = Object.fromEntries(texts.map((field) => [field, null]))
    const outcome = yield* commit({
      shard,
      tenant,
      drains: true,
      transaction: {
        guards: [
          { kind: 'equals', record, field: 'seq', value: seq },
          { kind: 'equals', record, field: 'erased', value: null },
        ],
        writes: [
          { kind: 'put', record, fields: { ...gone, erased } },
          ...auditWrites(tenant, {
            at,
            kind: 'erased',
            by: sub,
            entry,
            fields: texts.map((field) => field.slice('text.'.length)),
            ...(reason === undefined ? {} : { reason }),
          }),
        ],
      },
    })
    if (outcome.kind === 'done') return { kind: 'erased', isNew: true }
    if (outcome.kind === 'overloaded') return outcome
    if (outcome.kind === 'invalid') throw new Error(`erasure of ${entry}: ${outcome.why}`)
  }
  throw new Error(`erasure of ${entry}: its texts changed ${tries} times`)
}
