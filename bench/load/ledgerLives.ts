/** Tasks' lives on a ledger: submitted, claimed, ended, the outcome read and trimmed, in batches. */
import type { Claimed, CommitReply, Ledger, Transaction } from '../../src/ledger/port.js'

const lane = 'acme/mail/normal'
const outcomes = 'out/acme/web/main'
const holder = 'n1.bench'

/** As a node gathers them under load. */
export const batch = 64

export type Load = {
  readonly name: string
  /** Tasks that wait all the while. */
  readonly backlog: number
  /** Batches under way at a time. */
  readonly abreast: number
  readonly bodyBytes: number
}

/** The last seq, tasks that are done, tasks that were submitted. */
export type Counters = { seq: number; done: number; next: number }

function submission(id: string, now: number, body: Uint8Array): Transaction {
  const record = `task/${id}`
  return {
    guards: [
      { kind: 'absent', record },
      { kind: 'atMost', lane, n: 10_000_000 },
    ],
    writes: [
      {
        kind: 'put',
        record,
        fields: {
          id,
          tenant: 'acme',
          sub: 'web',
          subscriber: 'main',
          status: 'QUEUED',
          steps: 'mail',
          step: 1,
          priority: 'normal',
          turn: 1,
          attempts: 0,
          createdAt: now,
          payload: body,
        },
      },
      { kind: 'enqueue', lane, record, idInto: 'entry' },
      { kind: 'index', set: 'tasks/acme/open', member: id, score: now },
      { kind: 'index', set: 'due', member: id, score: now + 600_000 },
      { kind: 'add', record: 'count/acme', field: 'open', n: 1 },
      { kind: 'hint', hint: `lane/${lane}` },
    ],
  }
}

function result({ entry, record, fields }: Claimed, now: number, output: Uint8Array, outcome: Uint8Array): Transaction {
  const id = String(fields.id)
  return {
    guards: [
      { kind: 'holds', lane, entry },
      { kind: 'equals', record, field: 'turn', value: 1 },
      { kind: 'equals', record, field: 'agentConnection', value: 7 },
    ],
    writes: [
      { kind: 'settle', lane, entry },
      { kind: 'put', record, fields: { status: 'COMPLETED', updatedAt: now, output, end1: 'ok' } },
      { kind: 'append', log: outcomes, entry: outcome },
      { kind: 'unindex', set: 'tasks/acme/open', member: id },
      { kind: 'unindex', set: 'due', member: id },
      { kind: 'index', set: 'tasks/acme/final', member: id, score: now },
      { kind: 'add', record: 'count/acme', field: 'open', n: -1 },
      { kind: 'hint', hint: outcomes },
    ],
  }
}

function check(reply: CommitReply): void {
  if (reply.kind !== 'answers') throw new Error(`commit: ${reply.kind}`)
  for (const answer of reply.answers)
    if (answer.kind !== 'done') throw new Error(`a transaction: ${JSON.stringify(answer)}`)
}

async function commit(ledger: Ledger, counters: Counters, transactions: readonly Transaction[]): Promise<void> {
  counters.seq += 1
  check(await ledger.commit(0, holder, counters.seq, transactions))
}

async function submit(ledger: Ledger, counters: Counters, body: Uint8Array): Promise<void> {
  const from = counters.next
  counters.next += batch
  const now = ledger.now()
  const transactions = Array.from({ length: batch }, (_, at) => submission(taskId(from + at), now, body))
  await commit(ledger, counters, transactions)
}

/** One batch's lives, from submission to the outcome that was seen. */
async function live(ledger: Ledger, counters: Counters, body: Uint8Array): Promise<void> {
  const outcome = new Uint8Array(120)
  await submit(ledger, counters, body)
  const reply = await ledger.claim(0, holder, 1, {
    lanes: [{ lane, share: batch }],
    takers: Array.from({ length: batch }, (_, at) => ({ agent: `agent-${at}`, agentConnection: 7 })),
    maxBytes: 1 << 22,
    writes: { status: 'RUNNING', node: 'n1', startedAt: ledger.now(), deadline: ledger.now() + 600_000 },
    entryField: 'entry',
    overdueField: 'expiresAt',
  })
  if (reply.kind !== 'claimed' || reply.claimed.length !== batch) throw new Error(`claim: ${reply.kind}`)
  const results = reply.claimed.map((claimed) => result(claimed, ledger.now(), body, outcome))
  await commit(ledger, counters, results)
  counters.done += batch
  const { entries } = await ledger.log(0, outcomes, { limit: 1_024 })
  const last = entries.at(-1)
  if (last !== undefined) {
    await commit(ledger, counters, [{ guards: [], writes: [{ kind: 'trim', log: outcomes, upTo: last.id }] }])
  }
}

/** As scattered as ids are. */
const taskId = (n: number): string =>
  `${((n * 2_654_435_761) % 2 ** 32).toString(36)}${n.toString(36)}abcdefghijk`.slice(0, 21)

/** Lives until `tasks` are done, several batches abreast. */
export async function liveAll(
  ledger: Ledger,
  { abreast, bodyBytes }: Load,
  tasks: number,
  counters: Counters,
): Promise<void> {
  const body = new Uint8Array(bodyBytes).fill(7)
  const rounds = Math.ceil(tasks / batch / abreast)
  const worker = async () => {
    for (let round = 0; round < rounds; round++) await live(ledger, counters, body)
  }
  await Promise.all(Array.from({ length: abreast }, worker))
}

export async function fill(ledger: Ledger, backlog: number, counters: Counters): Promise<void> {
  const body = new Uint8Array(256).fill(7)
  while (counters.next < backlog) await submit(ledger, counters, body)
}

/** Everything that was submitted beyond the backlog has come out, once. */
export async function checkDelivery(ledger: Ledger, { backlog, name }: Load, counters: Counters): Promise<void> {
  const [count] = await ledger.read(0, ['count/acme'])
  const waiting = (await ledger.ready(0, ''))[0]?.waiting ?? 0
  const { size } = await ledger.log(0, outcomes, { limit: 1 })
  const held = await ledger.held(0, holder)
  const left = counters.next - counters.done
  const isExact = left >= backlog && count?.open === left && waiting === left && size === 0 && held.length === 0
  if (!isExact)
    throw new Error(`${name}: ${JSON.stringify({ ...counters, open: count?.open, waiting, size, held: held.length })}`)
}
