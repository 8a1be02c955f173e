/** One shard: each call is one function, carried out whole by the server that has the shard. */
import {
  type Answer,
  type ClaimReply,
  type ClaimRequest,
  type CommitReply,
  type EntryId,
  type Holder,
  LedgerFault,
  type Transaction,
} from '../port.js'
import { readClaim, writeClaim } from './claimCall.js'
import { adds, readAnswers, writeCommit } from './commitCall.js'
import type { RedisConnection } from './connection.js'
import { RedisError } from './connectionError.js'
import type { HintBoard } from './hintBoard.js'
import type { LedgerTime } from './ledgerTime.js'
import type { FunctionName, Library } from './library.js'
import { ReplyReader } from './replyReader.js'
import { RequestWriter } from './requestWriter.js'
import { checkHolder } from './shardNames.js'
import * as reads from './shardReads.js'

export type ShardSettings = {
  readonly connection: RedisConnection
  readonly library: Library
  readonly time: LedgerTime
  readonly board: HintBoard
  /** The shard knows less than it had acknowledged. */
  readonly onPutBack: () => void
}

/** What became of a call, as the functions say it. */
const repeated = 1
const refusals: Readonly<Record<number, 'buried' | 'oldSeq'>> = { 2: 'buried', 3: 'oldSeq' }

/** Requests are written whole before anything else happens. */
const writer = new RequestWriter()

export class RedisShard {
  readonly #settings: ShardSettings
  readonly #shard: number
  readonly #key: string
  readonly #prefix: string
  /** The last seq of each holder that was answered. */
  readonly #acknowledged = new Map<Holder, number>()

  /** All keys of the shard begin with the prefix. */
  constructor(settings: ShardSettings, shard: number, prefix: string) {
    this.#settings = settings
    this.#shard = shard
    this.#key = `${prefix}shard`
    this.#prefix = prefix
  }

  async commit(holder: Holder, seq: number, transactions: readonly Transaction[]): Promise<CommitReply> {
    checkCaller(holder, seq, 1)
    const { connection, board, time } = this.#settings
    const kept = keptOf(transactions, board)
    const request = writeCommit(writer, {
      time: time.given,
      holder,
      seq,
      sender: board.sender,
      publish: connection.isCluster ? 'SPUBLISH' : 'PUBLISH',
      kept,
      transactions,
    })
    const reply = await this.#commit(transactions.some(adds) ? 'commit' : 'drain', request)
    if (reply === 'full') return { kind: 'full' }
    reply.list()
    const became = reply.number()
    const refusal = refusals[became]
    if (refusal !== undefined) return { kind: refusal }
    const now = this.#hear(reply)
    const answers = readAnswers(reply)
    if (became !== repeated) this.#compareSeqs(holder, seq, reply.number())
    if (became !== repeated) {
      for (const hint of hintsOf(transactions, answers)) board.tell(this.#shard, hint, kept.has(hint))
    }
    return { kind: 'answers', answers, now }
  }

  async claim(holder: Holder, claimSeq: number, request: ClaimRequest): Promise<ClaimReply> {
    checkCaller(holder, claimSeq, 0)
    const { time } = this.#settings
    const reply = await this.#call('claim', writeClaim(writer, { time: time.given, holder, claimSeq, request }))
    reply.list()
    const refusal = refusals[reply.number()]
    if (refusal !== undefined) return { kind: refusal }
    const now = this.#hear(reply)
    return { ...readClaim(reply, request), now }
  }

  passHint(hint: string): void {
    const { connection, board } = this.#settings
    const publish = connection.isCluster ? 'SPUBLISH' : 'PUBLISH'
    // One that is lost costs its listeners a poll.
    connection.call(publish, [`${this.#prefix}hints`, board.message([hint])]).catch(() => {})
  }

  async held(holder: Holder) {
    return reads.readHeld(await this.#read('held', (to) => to.text(holder)))
  }

  async holders() {
    return reads.readHolders(await this.#read('holders', () => {}))
  }

  async read(records: readonly string[]) {
    return reads.readRecords(await this.#read('read', (to) => reads.writeRecords(to, records)))
  }

  async range(set: string, range: reads.SetRange) {
    const reply = await this.#read('range', (to) => reads.writeRange(to, set, range))
    return reads.readPage(reply, range.descending ?? false)
  }

  async log(log: string, options: { readonly after?: EntryId; readonly limit: number }) {
    return reads.readLog(await this.#read('log', (to) => reads.writeLog(to, log, options)))
  }

  async ready(prefix: string) {
    return reads.readReady(await this.#read('ready', (to) => to.text(prefix)))
  }

  /** Learns the shard's time, so that it doesn't go back with a start. */
  async learnTime(): Promise<void> {
    const { time } = this.#settings
    const reply = await this.#read('now', (to) => (time.isOwn ? to.number(0) : to.flag(false)))
    reply.list()
    this.#hear(reply)
  }

  /** Short memory refuses what only adds, and the call took no seq; but it may be one that was carried out before. */
  async #commit(name: 'commit' | 'drain', request: readonly Buffer[]): Promise<ReplyReader | 'full'> {
    try {
      return await this.#call(name, request)
    } catch (error) {
      if (!(error instanceof LedgerFault && error.cause instanceof RedisError && error.cause.code === 'OOM'))
        throw error
      const known = await this.#ask('FCALL', 'recall', request)
      return known === null ? 'full' : new ReplyReader(known)
    }
  }

  #read(name: FunctionName, write: (to: RequestWriter) => void): Promise<ReplyReader> {
    writer.begin()
    write(writer)
    return this.#call(name, writer.finish(), 'FCALL_RO')
  }

  async #call(
    name: FunctionName,
    request: readonly Buffer[],
    command: 'FCALL' | 'FCALL_RO' = 'FCALL',
  ): Promise<ReplyReader> {
    return new ReplyReader(await this.#ask(command, name, request))
  }

  /** What a server says of a function that went wrong doesn't tell what it has written. */
  async #ask(command: 'FCALL' | 'FCALL_RO', name: FunctionName, request: readonly Buffer[]): Promise<unknown> {
    const { connection, library } = this.#settings
    try {
      return await connection.call(command, [library.functionName(name), 1, this.#key, ...request])
    } catch (error) {
      if (error instanceof RedisError) throw new LedgerFault(`${name}: ${error.message}`, { cause: error })
      throw error
    }
  }

  /** None at all is of a holder that was retired. */
  #compareSeqs(holder: Holder, seq: number, before: number): void {
    const acknowledged = this.#acknowledged.get(holder) ?? 0
    if (before > 0 && before < acknowledged) this.#settings.onPutBack()
    this.#acknowledged.set(holder, Math.max(before, seq))
  }

  #hear(reply: ReplyReader): number {
    const now = reply.number()
    this.#settings.time.hear(now)
    return now
  }
}

function keptOf(transactions: readonly Transaction[], board: HintBoard): ReadonlySet<string> {
  const kept = new Set<string>()
  for (const { writes } of transactions) {
    for (const write of writes) {
      if (write.kind === 'hint' && !kept.has(write.hint) && board.keeps(write.hint)) kept.add(write.hint)
    }
  }
  return kept
}

/** Once each, in order. */
function hintsOf(transactions: readonly Transaction[], answers: readonly Answer[]): ReadonlySet<string> {
  const hints = new Set<string>()
  for (const [at, { writes }] of transactions.entries()) {
    if (answers[at]?.kind !== 'done') continue
    for (const write of writes) if (write.kind === 'hint') hints.add(write.hint)
  }
  return hints
}

function checkCaller(holder: Holder, seq: number, least: number): void {
  checkHolder(holder)
  if (!Number.isSafeInteger(seq) || seq < least)
    throw new RangeError(`seq: expected a whole number from ${least} on, got ${seq}`)
}
