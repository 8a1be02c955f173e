/** What a node sees of the others. */
import type { Member, MembersView, Seen } from '../../src/cluster/members.js'

export const leaseMs = 1_000
export const quietMs = 3_000

export const nodeOf = (holder: string): string => holder.split('.')[0] ?? holder

export const member = (holder: string, changes: Partial<Member> = {}): Member => ({
  node: nodeOf(holder),
  holder,
  status: 'up',
  url: `http://${nodeOf(holder)}`,
  version: '1',
  startedAt: 0,
  beat: 1,
  ...changes,
})

/** As `holder` sees it: itself, and others by how long they have stood still. */
export const seenBy = (holder: string, others: Readonly<Record<string, number>> = {}): MembersView => {
  const seen = Object.entries(others).map(([other, stillMs]): Seen => ({ ...member(other), stillMs }))
  const all = [{ ...member(holder), stillMs: 0 }, ...seen]
  return {
    node: nodeOf(holder),
    isFenced: false,
    members: new Map(all.map((one) => [one.node, one])),
    spans: { leaseMs, quietMs },
    isAlone: false,
  }
}
