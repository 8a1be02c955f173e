/** PO38: once a policy is acknowledged, nothing is committed any more that was judged by an older one. */
import type { Transaction } from '../../../src/ledger/port.js'
import { policyKey, policyTextKey } from '../../../src/tasks/keys.js'
import type { Finished } from '../checker.js'

/** From this place in the history on, nothing older than this edition may be committed. */
type InForce = { readonly order: number; readonly edition: number }

export function* policyInForce({ world }: Finished): Generator<string> {
  for (const tenant of world.tenants) {
    const acknowledged = acknowledgedOf(world, tenant)
    for (const { order, at, transaction } of world.history.done) {
      const ended = endedBy(transaction)
      if (ended === undefined || world.books.task(ended)?.tenant !== tenant) continue
      const edition = judgedBy(transaction, tenant)
      if (edition === undefined) {
        if (releases(transaction)) yield `PO38 ${ended} was released at ${at}, judged by no policy of ${tenant}`
        continue
      }
      const newest = acknowledged.findLast((one) => one.order < order)
      if (newest !== undefined && edition < newest.edition) {
        yield `PO38 ${ended} was committed at ${at} by edition ${edition}, when ${newest.edition} was in force`
      }
    }
  }
}

/** By the answers that admins got. */
const acknowledgedOf = ({ history }: Finished['world'], tenant: string): readonly InForce[] => {
  const editionOf = new Map<unknown, number>()
  for (const { transaction } of history.done) {
    for (const write of transaction.writes) {
      if (write.kind !== 'put' || write.record !== policyTextKey(tenant)) continue
      editionOf.set(write.fields.document, Number(write.fields.edition))
    }
  }
  let newest = 0
  return history.answered.flatMap(({ by, request, reply, order }) => {
    if (by.who.tenant !== tenant || request.type !== 'setPolicy' || reply.type !== 'ack') return []
    newest = Math.max(newest, editionOf.get(request.policy) ?? 0)
    return [{ order, edition: newest }]
  })
}

/** The record of the task whose attempt an agent ended, by a result or a failure. */
const endedBy = ({ writes }: Transaction): string | undefined => {
  if (!writes.some(({ kind }) => kind === 'settle')) return undefined
  const put = writes.find((write) => write.kind === 'put' && write.record.startsWith('task/'))
  return put?.kind === 'put' && /:(result|fail):[A-Z_]+$/.test(String(put.fields.ends ?? ''))
    ? put.record.slice('task/'.length)
    : undefined
}

const judgedBy = ({ guards }: Transaction, tenant: string): number | undefined => {
  const guard = guards.find((one) => one.kind === 'below' && one.record === policyKey(tenant))
  return guard?.kind === 'below' ? guard.n - 1 : undefined
}

const releases = ({ writes }: Transaction): boolean =>
  writes.some(
    (write) =>
      write.kind === 'put' &&
      write.record.startsWith('task/') &&
      (write.fields.output != null || write.fields.previous != null),
  )
