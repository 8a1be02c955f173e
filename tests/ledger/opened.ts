/** A ledger for one test, and somebody who calls it. */
import { expect } from 'vitest'
import type {
  Answer,
  ClaimReply,
  ClaimRequest,
  CommitReply,
  EntryId,
  Guard,
  Ledger,
  Patch,
  Transaction,
  Write,
} from '../../src/ledger/port.js'

export type Opened = {
  readonly ledger: Ledger
  /** Moves the wall clock, forth or back. */
  readonly pass: (ms: number) => void
  /** Closes it and opens it again, where it outlives that. */
  readonly reopen?: () => Promise<Ledger>
  [Symbol.asyncDispose](): Promise<void>
}

export type OpenLedger = () => Promise<Opened>

const start = 1_700_000_000_000

/** One that outlives being closed: `open` gets a clock that the test moves. `end` comes after its last close. */
export async function openedOver(
  open: (clock: () => number) => Promise<Ledger>,
  end: () => Promise<void> = async () => {},
): Promise<Opened> {
  let now = start
  const clock = () => now
  let ledger = await open(clock)
  return {
    ledger,
    pass: (ms) => {
      now += ms
    },
    reopen: async () => {
      await ledger.close()
      ledger = await open(clock)
      return ledger
    },
    [Symbol.asyncDispose]: async () => {
      await ledger.close()
      await end()
    },
  }
}

/** A holder that numbers its calls. */
export class Caller {
  seq = 0
  readonly holder: string
  readonly #ledger: Ledger

  constructor(ledger: Ledger, holder = 'n1.a') {
    this.#ledger = ledger
    this.holder = holder
  }

  /** The next call. */
  async commit(...transactions: readonly Transaction[]): Promise<readonly Answer[]> {
    this.seq += 1
    return answersOf(await this.#ledger.commit(0, this.holder, this.seq, transactions))
  }

  /** One transaction of writes alone, which must be done. */
  async write(...writes: readonly Write[]): Promise<void> {
    expect(await this.commit({ guards: [], writes })).toEqual([{ kind: 'done' }])
  }

  /** What becomes of one transaction. */
  async attempt(guards: readonly Guard[], ...writes: readonly Write[]): Promise<Answer['kind'] | undefined> {
    return (await this.commit({ guards, writes }))[0]?.kind
  }

  /** A record that waits; returns its entry. */
  async enqueue(lane: string, record: string, fields: Patch = {}): Promise<EntryId> {
    await this.write(
      { kind: 'put', record, fields: { id: record, ...fields } },
      { kind: 'enqueue', lane, record, idInto: 'entry' },
    )
    const [stored] = await this.#ledger.read(0, [record])
    return String(stored?.entry)
  }

  async claim(
    request: Partial<ClaimRequest> & { readonly lanes: ClaimRequest['lanes'] },
  ): Promise<ClaimReply & { kind: 'claimed' }> {
    const whole = { takers: [{}], maxBytes: 1 << 20, writes: {}, entryField: 'entry', overdueField: 'due', ...request }
    const reply = await this.#ledger.claim(0, this.holder, 1, whole)
    if (reply.kind !== 'claimed') throw new Error(`claim: ${reply.kind}`)
    return reply
  }
}

export function answersOf(reply: CommitReply): readonly Answer[] {
  if (reply.kind !== 'answers') throw new Error(`commit: ${reply.kind}`)
  return reply.answers
}

export const put = (record: string, fields: Patch): Write => ({ kind: 'put', record, fields })
