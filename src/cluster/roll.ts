/**
 * The roll of a cluster's nodes, in the ledger's first shard: each writes its own line, and reads all.
 *
 * One beat for a node, not one for each shard: whoever can't write here is taken for dead everywhere, and finds itself
 * refused wherever it comes.
 */
import type { Fields, Transaction } from '../ledger/port.js'
import { commit, type Outcome, type Procedure, range, read, readOne, Unavailable } from '../tasks/procedure.js'
import type { Member, MemberStatus } from './members.js'

const rollShard = 0
const rollSet = 'nodes'
const page = 256

const memberKey = (node: string): string => `node/${node}`

/** The line of this node as it stands now. `replaced`: another process runs under its name. */
export type Written = { readonly kind: 'written'; readonly status: MemberStatus } | { readonly kind: 'replaced' }

/**
 * Writes this node's line. The first beat of an incarnation takes the name over, and a line that is gone, with the
 * ledger's keys or after a long silence, is written anew.
 */
export function* writeLine(me: Member): Procedure<Written> {
  const first = yield* write(me, me.beat === 1)
  const isGone = first.kind === 'refused' && (yield* readOne(rollShard, memberKey(me.node))) === null
  const outcome = isGone ? yield* write(me, true) : first
  if (outcome.kind === 'refused') return { kind: 'replaced' }
  if (outcome.kind !== 'done') throw new Unavailable(`the roll: ${outcome.kind}`)
  return { kind: 'written', status: me.status }
}

function* write(me: Member, isNew: boolean): Procedure<Outcome> {
  const record = memberKey(me.node)
  const transaction: Transaction = {
    guards: isNew ? [] : [{ kind: 'equals', record, field: 'holder', value: me.holder }],
    writes: [
      { kind: 'put', record, fields: me },
      ...(isNew ? [{ kind: 'index', set: rollSet, member: me.node, score: 0 } as const] : []),
    ],
  }
  return yield* commit({ shard: rollShard, tenant: '', drains: true, transaction })
}

/** All nodes that have not been forgotten. */
export function* readRoll(): Procedure<readonly Member[]> {
  const members: Member[] = []
  let after: string | undefined
  do {
    const some = yield* range({
      shard: rollShard,
      set: rollSet,
      limit: page,
      ...(after === undefined ? {} : { after }),
    })
    if (some.members.length === 0) break
    const records = yield* read(
      rollShard,
      some.members.map(({ member }) => memberKey(member)),
    )
    for (const fields of records) {
      const member = fields === null ? null : memberOf(fields)
      if (member !== null) members.push(member)
    }
    after = some.cursor
  } while (after !== undefined)
  return members
}

/** Takes the line of a node that is long gone out of the roll, unless it has come back. */
export function* strike({ node, beat }: Member): Procedure<void> {
  const record = memberKey(node)
  yield* commit({
    shard: rollShard,
    tenant: '',
    drains: true,
    transaction: {
      guards: [{ kind: 'equals', record, field: 'beat', value: beat }],
      writes: [
        { kind: 'drop', record },
        { kind: 'unindex', set: rollSet, member: node },
      ],
    },
  })
}

const memberOf = (fields: Fields): Member | null => {
  const { node, holder, status, url, version, startedAt, beat } = fields
  if (typeof node !== 'string' || typeof holder !== 'string' || typeof beat !== 'number') return null
  return {
    node,
    holder,
    status: status as MemberStatus,
    url: String(url ?? ''),
    version: String(version ?? ''),
    startedAt: Number(startedAt ?? 0),
    beat,
  }
}
