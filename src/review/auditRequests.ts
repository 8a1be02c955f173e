/** What admins ask of the record beyond reading it: its lines and checkpoint, the key, and to have a text erased. */
import type { Desk } from '../tasks/desk.js'
import { ack, overloaded, refuse } from '../tasks/reply.js'
import { eraseTexts } from './auditErasure.js'
import { checkpointOf, readLines } from './auditExport.js'
import type { OperatorRequests } from './reviewRequests.js'

export type AuditRequests = Pick<OperatorRequests, 'auditCheckpoint' | 'auditLines' | 'auditKey' | 'eraseAudit'>

const busyRetryMs = 250

const adminOnly = refuse('FORBIDDEN', 'The audit log is for the role admin.')
const noShard = refuse('INVALID', 'shard: there is no shard of this number')
const noTexts = refuse('NOT_FOUND', 'entry: no sealed entry of this number has a text that could be erased')

export const auditRequests = (desk: Pick<Desk, 'shards' | 'notary'>): AuditRequests => ({
  *auditCheckpoint({ tenant, roles }, _frame, now) {
    if (!roles.includes('admin')) return adminOnly
    return ack({ checkpoint: yield* checkpointOf(desk.shards, desk.notary, tenant, now) })
  },

  *auditLines({ tenant, roles }, { type: _, id: __, ...part }) {
    if (!roles.includes('admin')) return adminOnly
    if (part.shard >= desk.shards) return noShard
    const lines = yield* readLines(tenant, part)
    return lines === null ? overloaded(busyRetryMs) : ack(lines)
  },

  // biome-ignore lint/correctness/useYield: a procedure like the others, which has nothing to ask
  *auditKey() {
    const { publicKey, fingerprint } = desk.notary
    return ack({ key: publicKey, fingerprint })
  },

  *eraseAudit({ tenant, sub, roles }, { entry, reason }) {
    if (!roles.includes('admin')) return adminOnly
    const erasure = yield* eraseTexts(desk, { tenant, sub }, entry, reason)
    if (erasure.kind === 'none') return noTexts
    if (erasure.kind === 'overloaded') return overloaded(erasure.retryAfterMs)
    return ack({ changed: erasure.isNew })
  },
})
