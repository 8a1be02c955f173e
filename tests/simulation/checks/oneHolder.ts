/** G2: a turn is given once and ended once; who ended it hears the same as often as it asks, everybody else is stale. */
import type { TaskFrame } from '../../../src/protocol/nodeFrames.js'
import type { Finished } from '../checker.js'
import type { Answered } from '../history.js'
import type { Ended } from '../lives.js'
import { markersIn } from '../words.js'

export function* oneHolder(finished: Finished): Generator<string> {
  yield* givenOnce(finished)
  for (const { id, ended } of finished.lives.values()) {
    const turns = new Set<number>()
    for (const { turn } of ended) {
      if (turns.has(turn)) yield `G2 turn ${turn} of task ${id} ended twice`
      turns.add(turn)
    }
  }
  yield* toldTheSame(finished)
  yield* staleIsNothing(finished)
}

function* givenOnce({ world, lives }: Finished): Generator<string> {
  for (const { id, changes } of lives.values()) {
    const turns = new Set<unknown>()
    for (const { isClaim, fields } of changes) {
      if (!isClaim || fields.status !== 'RUNNING') continue
      if (turns.has(fields.turn)) yield `G2 turn ${String(fields.turn)} of task ${id} was claimed twice`
      turns.add(fields.turn)
    }
  }
  const leases = new Set<string>()
  for (const { frames } of world.history.told) {
    for (const frame of frames) {
      if (frame.type !== 'task') continue
      const { lease } = (frame as unknown as TaskFrame).task
      if (leases.has(lease)) yield `G2 the lease ${lease} was sent twice`
      leases.add(lease)
    }
  }
}

/** `shard~turn~entry~task~…` */
const placeOf = (lease: string): { readonly turn: number; readonly task: string } => {
  const [, turn, , task = ''] = lease.split('~')
  return { turn: Number(turn), task }
}

const endOf = ({ lives }: Finished, lease: string): Ended | undefined => {
  const { turn, task } = placeOf(lease)
  return lives.get(task)?.ended.find((end) => end.turn === turn)
}

const endings: readonly unknown[] = ['result', 'fail', 'release']

function* toldTheSame(finished: Finished): Generator<string> {
  const firsts = new Map<string, Answered>()
  for (const answered of finished.world.history.answered) {
    const { request, reply, asked } = answered
    if (!endings.includes(request.type)) continue
    const lease = String(request.lease)
    const end = endOf(finished, lease)
    if (reply.type === 'ack') {
      if (end?.by !== request.type || end?.status !== reply.status) {
        yield `G2 ${String(request.type)} of ${lease} was answered ${String(reply.status)}; it ended by ${end?.by} as ${end?.status}`
      }
      if (reply.duplicate === true) continue
      if (firsts.has(lease)) yield `G2 ${lease} was accepted twice as the first`
      firsts.set(lease, answered)
    } else if (reply.code === 'STALE_LEASE' && end !== undefined && end.by === request.type && end.order < asked) {
      yield `G2 ${String(request.type)} of ${lease} was accepted before, and is told to be stale`
    }
  }
}

/** What was said under a lease that ended otherwise stands nowhere. */
function* staleIsNothing(finished: Finished): Generator<string> {
  const kept = new Set<string>()
  for (const fields of [...finished.world.books.tasks(), ...finished.world.books.cards()]) {
    for (const value of Object.values(fields)) {
      if (value instanceof Uint8Array) for (const marker of markersIn(value)) kept.add(marker)
      if (typeof value === 'string') for (const marker of markersIn(Buffer.from(value))) kept.add(marker)
    }
  }
  for (const { lease, kind, word } of finished.world.endings) {
    const end = endOf(finished, lease)
    if (end?.by !== kind && kept.has(word.marker))
      yield `G2 ${word.marker} was said under ${lease}, which was stale, and is kept`
  }
}
