/**
 * Writes to a ledger as fast as it can, and says on its standard output what was acknowledged: a number a line; `full`
 * where there was no room, and `fault` where the outcome was unknown.
 *
 * Each number is a transaction on a record, a lane, a set, a log and a counter. Arguments: the ledger's module (built),
 * the folder, the bytes of journal after which the pages take over.
 */
const [module, folder, journalBytes] = process.argv.slice(2)
const { openEmbeddedLedger } = await import(module)
const options = { folder, clock: Date.now, journalBytes: Number(journalBytes), leastRoomBytes: 0, retryMs: 20 }
const ledger = await openEmbeddedLedger(options)
const holder = `n1.${process.pid}`
const [count] = await ledger.read(0, ['count'])
const batch = 8
let next = count?.n ?? 0

const transaction = (n) => ({
  guards: [{ kind: 'absent', record: `task/${n}` }],
  writes: [
    { kind: 'put', record: `task/${n}`, fields: { n, body: new Uint8Array(n % 5 === 0 ? 3_000 : 50).fill(n % 256) } },
    { kind: 'enqueue', lane: 'lane', record: `task/${n}`, idInto: 'entry' },
    { kind: 'index', set: 'set', member: `task/${n}`, score: n },
    { kind: 'append', log: 'log', entry: Buffer.from(String(n)) },
    { kind: 'add', record: 'count', field: 'n', n: 1 },
  ],
})

const say = (line) => process.stdout.write(`${line}\n`)

async function commit(seq, transactions) {
  try {
    const reply = await ledger.commit(0, holder, seq, transactions)
    if (reply.kind === 'full') say('full')
    if (reply.kind === 'answers') return reply.answers
    if (reply.kind !== 'full') throw new TypeError(reply.kind)
  } catch (error) {
    if (error.name !== 'LedgerFault') throw error
    say('fault')
  }
  await new Promise((resolve) => setTimeout(resolve, 20))
  return commit(seq, transactions)
}

say('open')
for (let seq = 1; ; seq++) {
  const numbers = Array.from({ length: batch }, () => next++)
  const answers = await commit(seq, numbers.map(transaction))
  if (answers.some(({ kind }) => kind !== 'done')) throw new TypeError(JSON.stringify(answers))
  say(numbers.at(-1))
}
