/** The checker bites where the record is concerned: sealing without its guards forks or doubles a chain, and is found. */
import { expect, test } from 'vitest'
import type { Ledger, Transaction } from '../../src/ledger/port.js'
import { sealedLog } from '../../src/tasks/keys.js'
import { runSeed } from './run.js'

const seeds = Array.from({ length: 60 }, (_, at) => at + 21)

const isSealing = ({ writes }: Transaction): boolean =>
  writes.some((write) => write.kind === 'append' && write.log.startsWith(sealedLog('')))

const unguarded = (transaction: Transaction): Transaction =>
  isSealing(transaction) ? { ...transaction, guards: [] } : transaction

/** A method of the ledger may look at itself. */
const withoutGuards = (inner: Ledger): Ledger =>
  new Proxy(inner, {
    get: (target, name) => {
      if (name === 'commit') {
        return (...[shard, holder, seq, all]: Parameters<Ledger['commit']>) =>
          target.commit(shard, holder, seq, all.map(unguarded))
      }
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

test('[AU9] a sealer that minds neither epoch nor head is found', async () => {
  const broken: string[] = []
  for (const seed of seeds) {
    const { violations } = await runSeed(seed, { plant: { ledger: withoutGuards } })
    broken.push(...violations.filter((violation) => violation.startsWith('G6')))
    if (broken.length > 0) break
  }
  expect(broken).not.toEqual([])
}, 120_000)
