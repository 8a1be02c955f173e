/**
 * G3, G4 and G8: what is to be held is held, and reaches nobody outside review before a person approved it; what
 * belongs to one tenant reaches no other.
 */

import type { Patch, Transaction } from '../../../src/ledger/port.js'
import { encodeFrame } from '../../../src/protocol/encoding.js'
import { nothingLeaked } from '../../../src/prove/checks/nothingLeaked.js'
import type { Finished } from '../checker.js'
import { markersIn } from '../words.js'

const released = ['output', 'previous', 'error'] as const

/** When each marker was released, by its order; what should not have been is told on the way. */
function* releases({ world }: Finished, at: Map<string, number>): Generator<string> {
  for (const { order, transaction } of world.history.done) {
    const approved = approvedIn(transaction, world)
    for (const marker of answeredIn(transaction)) if (!at.has(marker)) at.set(marker, order)
    for (const write of transaction.writes) {
      if (write.kind !== 'put' || !write.record.startsWith('task/')) continue
      for (const marker of releasedBy(write.fields)) {
        if (!at.has(marker)) at.set(marker, order)
        const word = world.words.find(marker)
        const mayPass = word !== undefined && word.origin === 'agent' && !word.isHeld
        if (!mayPass && !approved.has(marker))
          yield `G3 ${marker} was released in ${write.record} and nobody approved it`
      }
    }
  }
}

function* releasedBy(fields: Patch): Generator<string> {
  for (const name of released) {
    const value = fields[name]
    if (value instanceof Uint8Array) yield* markersIn(value)
    else if (typeof value === 'string') yield* markersIn(Buffer.from(value))
  }
}

/** What a decision lets out: what was edited in, or else what was held. */
const approvedIn = ({ writes }: Transaction, world: Finished['world']): ReadonlySet<string> => {
  const approved = new Set<string>()
  for (const write of writes) {
    if (write.kind !== 'put' || !write.record.startsWith('card/') || write.fields.status !== 'APPROVED') continue
    const said = write.fields.edited ?? world.books.card(write.record.slice('card/'.length))?.output
    if (said instanceof Uint8Array) for (const marker of markersIn(said)) approved.add(marker)
  }
  return approved
}

/** What an operator put in an action's place goes to the agent that asked. */
function* answeredIn({ writes }: Transaction): Generator<string> {
  for (const write of writes) {
    if (write.kind !== 'put' || !write.record.startsWith('card/') || write.fields.status !== 'APPROVED') continue
    const { edited } = write.fields
    // Its id begins with its kind.
    const isAction = write.record.startsWith('card/a_')
    if (isAction && edited instanceof Uint8Array) yield* markersIn(edited)
  }
}

/** Requests of operators whose replies show no card. */
const cardless: readonly unknown[] = ['agents', 'tasks', 'stats', 'audit', 'cancelTask', 'replay', 'getTask']

export function* nothingUnsafe(finished: Finished): Generator<string> {
  const { world } = finished
  const releasedAt = new Map<string, number>()
  yield* releases(finished, releasedAt)
  for (const { order, to, markers } of world.history.told) {
    const { role, tenant, sub } = to.who
    for (const marker of markers) {
      const word = world.words.find(marker)
      if (word?.tenant !== tenant) yield `G8 ${sub} of ${tenant} was sent ${marker} of ${word?.tenant}`
      if (role === 'operator' || word?.origin === 'payload') continue
      const showing = { to: `${role} ${sub}`, what: marker, at: order }
      yield* nothingLeaked([showing], (what) => releasedAt.get(what))
    }
  }
  for (const { request, reply, order, by } of world.history.answered) {
    if (by.who.role !== 'operator' || !cardless.includes(request.type)) continue
    for (const marker of markersIn(encodeFrame(reply as unknown as { readonly type: string }))) {
      const isOut = (releasedAt.get(marker) ?? order) < order
      if (world.words.find(marker)?.isHeld && !isOut) yield `G3 ${String(request.type)} showed ${marker}, which is held`
    }
  }
  yield* judgedRightly(finished)
}

/** Each result that was accepted was held exactly if it was to be. */
function* judgedRightly({ world, lives }: Finished): Generator<string> {
  const unsettled = unsettledIn(world)
  for (const { ended } of lives.values()) {
    for (const { by, status, markers } of ended) {
      if (by !== 'result') continue
      for (const marker of markers) {
        const word = world.words.find(marker)
        const isRight = word?.isHeld === (status === 'NEEDS_REVIEW') || unsettled.has(marker)
        if (!isRight) yield `G4 ${marker} ${word?.isHeld ? 'was to be held' : 'was to pass'}, and is ${status}`
      }
    }
  }
}

/** What was held because the policy changed each time that it was judged: right, whatever it says. */
export const unsettledIn = ({ history }: Finished['world']): ReadonlySet<string> => {
  const markers = new Set<string>()
  for (const { transaction } of history.done) {
    for (const write of transaction.writes) {
      if (write.kind !== 'put' || write.fields.reason !== 'GATE_ERROR') continue
      if (write.fields.output instanceof Uint8Array) for (const one of markersIn(write.fields.output)) markers.add(one)
    }
  }
  return markers
}
