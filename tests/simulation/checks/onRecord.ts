/** G6: each entry that a transaction put on record is sealed, once, in its tenant's chain, and the chain proves itself. */
import { auditLog } from '../../../src/tasks/keys.js'
import { chainOf } from '../../../src/tasks/recordChain.js'
import { genesis, sha256 } from '../../../src/tasks/recordLines.js'
import type { Finished } from '../checker.js'

const hashTailBytes = 75

export function* onRecord({ world }: Finished): Generator<string> {
  const written = new Map<string, number>()
  for (const { shard, transaction } of world.history.done) {
    for (const write of transaction.writes) {
      if (write.kind !== 'append' || !write.log.startsWith(auditLog(''))) continue
      const name = `${shard} ${write.log.slice(auditLog('').length)}`
      written.set(name, (written.get(name) ?? 0) + 1)
    }
  }
  for (const [name, { lines, waiting, record }] of world.books.chains()) {
    const entries = written.get(name) ?? 0
    if (waiting > 0) yield `G6 ${waiting} entries of ${name} were never sealed`
    if (lines.length !== entries) yield `G6 ${name} has ${entries} entries on record, and ${lines.length} in its chain`
    let head = genesis
    for (const [at, { line, bytes }] of lines.entries()) {
      const isNext = line.seq === at + 1 && line.prev === head
      const isOwn = line.hash === sha256(bytes.subarray(0, bytes.length - hashTailBytes))
      if (!isNext || !isOwn) yield `G6 entry ${line.seq} of ${name} does not follow from the one before`
      head = line.hash
    }
    const chain = chainOf(record ?? null)
    if ((chain?.seq ?? 0) !== lines.length || (chain?.head ?? genesis) !== head)
      yield `G6 the record of the chain of ${name} is not where its entries end`
  }
  for (const name of written.keys()) {
    if (!world.books.chains().has(name)) yield `G6 ${name} has entries, and no chain`
  }
}
