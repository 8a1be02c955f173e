/** A ledger with something planted: what is committed or read is changed on its way. */
import type { Ledger } from '../../src/ledger/port.js'

type Planted = Partial<Pick<Ledger, 'commit' | 'read'>>

export const planted = (inner: Ledger, { commit, read }: Planted): Ledger => ({
  shards: inner.shards,
  durability: inner.durability,
  secret: (name) => inner.secret(name),
  now: () => inner.now(),
  commit: commit ?? ((...call) => inner.commit(...call)),
  claim: (...call) => inner.claim(...call),
  held: (...call) => inner.held(...call),
  holders: (shard) => inner.holders(shard),
  read: read ?? ((...call) => inner.read(...call)),
  range: (...call) => inner.range(...call),
  log: (...call) => inner.log(...call),
  ready: (...call) => inner.ready(...call),
  onHint: (...call) => inner.onHint(...call),
  passHint: (...call) => inner.passHint(...call),
  close: () => inner.close(),
})

export const withCommit = (inner: Ledger, commit: Ledger['commit']): Ledger => planted(inner, { commit })
