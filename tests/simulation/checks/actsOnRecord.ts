/** G6: what people did to cards short of deciding them stands in the audit: each approval, assignment and reveal. */
import type { Finished } from '../checker.js'

const kindOf: Readonly<Record<string, string>> = { assign: 'assigned', reveal: 'revealed' }

export function* actsOnRecord({ world }: Finished): Generator<string> {
  const counts = new Map<string, number>()
  for (const { entry } of world.books.auditEntries()) {
    const { kind, review, by } = entry
    const name = `${kind === 'decided' ? 'approved' : kind} ${review} ${by}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const acknowledged = new Map<string, number>()
  for (const { by, request, reply } of world.history.answered) {
    const kind = kindOf[String(request.type)]
    if (kind === undefined || reply.type !== 'ack') continue
    const name = `${kind} ${String(request.review)} ${by.who.sub}`
    acknowledged.set(name, (acknowledged.get(name) ?? 0) + 1)
  }
  // An answer that was lost left an entry, too.
  for (const [name, count] of acknowledged)
    if ((counts.get(name) ?? 0) < count)
      yield `G6 "${name}" was told ${count} times, and is on record ${counts.get(name)}`
  for (const { id, status, approvals } of world.books.cards()) {
    if (status !== 'APPROVED') continue
    for (const { by } of JSON.parse(String(approvals)) as readonly { readonly by: string }[])
      if (!counts.has(`approved ${String(id)} ${by}`)) yield `G6 ${by}'s approval of ${String(id)} is not on record`
  }
}
