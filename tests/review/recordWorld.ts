/** A tenant's record over two shards: entries are put on it, sealed by the shards' owner, exported and checked. */
import { generateKeyPairSync } from 'node:crypto'
import { type Checked, type Expected, RecordCheck } from '../../src/cli/record/recordCheck.js'
import { checkpointOf, readLines } from '../../src/review/auditExport.js'
import { type AuditEntry, auditWrites } from '../../src/tasks/entries.js'
import { auditLog, sealedLog } from '../../src/tasks/keys.js'
import { createNotary, type Notary } from '../../src/tasks/notary.js'
import { type CheckpointLine, type EntryLine, entryLineOf } from '../../src/tasks/recordLines.js'
import { sealRecord } from '../../src/tasks/sealing.js'
import { noon, tenant } from './fixtures.js'
import { openWorld, type World } from './world.js'

export const openRecordWorld = async (): Promise<RecordWorld> => new RecordWorld(await openWorld())

export class RecordWorld {
  readonly world: World
  generation = 'g1'
  readonly desk: World['desk']

  constructor(world: World) {
    this.world = world
    this.desk = { ...world.desk, notary: createNotary(new Uint8Array(32).fill(3), () => this.generation) }
  }

  get notary(): Notary {
    return this.desk.notary
  }

  /** Each in a transaction of its own. */
  async put(shard: number, entries: readonly Partial<AuditEntry>[], of = tenant): Promise<void> {
    for (const entry of entries) {
      const whole = { at: this.world.now, kind: 'cancelled', by: 'ann', ...entry } as AuditEntry
      await this.world.commit(shard, [{ guards: [], writes: auditWrites(of, whole) }])
    }
  }

  /** What the owner of each shard does. */
  async seal(epoch = 0): Promise<number> {
    let sealed = 0
    for (let shard = 0; shard < this.desk.shards; shard++) {
      sealed += (await this.world.perform(sealRecord(this.desk, { shard, epoch }))).sealed
    }
    return sealed
  }

  async sealed(shard: number, of = tenant): Promise<readonly EntryLine[]> {
    const { entries } = await this.world.ledger.log(shard, sealedLog(of), { limit: 10_000 })
    return entries.map(({ entry }) => entryLineOf(entry))
  }

  async waiting(shard: number, of = tenant): Promise<number> {
    return (await this.world.ledger.log(shard, auditLog(of), { limit: 1 })).size
  }

  /** As `chimera audit export` asks for it. */
  async export(of = tenant): Promise<readonly string[]> {
    const checkpoint = await this.world.perform(checkpointOf(this.desk.shards, this.notary, of, this.world.now))
    const all: string[] = []
    for (const { shard, seq } of (JSON.parse(checkpoint) as CheckpointLine).chains) {
      let after: string | undefined
      do {
        const part = { shard, upTo: seq, ...(after === undefined ? {} : { after }) }
        const read = await this.world.perform(readLines(of, part))
        if (read === null) throw new Error('the chain never stood still')
        all.push(...read.lines)
        after = read.after
      } while (after !== undefined)
    }
    return [...all, checkpoint]
  }

  check(lines: readonly string[], expected?: Expected): Checked {
    return check(lines, this.notary.publicKey, expected)
  }
}

export const check = (lines: readonly (string | Uint8Array)[], key: string, expected?: Expected): Checked => {
  const record = new RecordCheck(key, expected)
  for (const line of lines) if (!record.take(Buffer.from(line))) break
  return record.end()
}

/** A key of somebody else. */
export const foreignKey = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString()

/** Entries of several kinds in both shards, some with texts, one of them erased later. */
export const mixed: readonly Partial<AuditEntry>[] = [
  { kind: 'held', by: 'node', task: 't1', review: 'r1', reason: 'PII', rules: ['pii.email'], hash: 'h1' },
  { kind: 'decided', by: 'ann', task: 't1', review: 'r1', status: 'REJECTED', reason: 'Ada lives in Łódź – no' },
  { kind: 'cancelled', by: 'bob', task: 't2', from: 'QUEUED', reason: 'Ada asked', note: 'call +44 20 7946 0000' },
  { kind: 'staleResult', by: 'crawler/7', task: 't3', turn: 2 },
]

export { noon, tenant }
