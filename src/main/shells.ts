/** Carries out what a node's actors ask of the world: frames to clients, verdicts, procedures, calls on the ledger. */

import { shardDoorAddress } from '../actors/addresses.js'
import type { NodeOwnEffect } from '../actors/effects.js'
import type { ProcedureRunner } from '../actors/procedureRunner.js'
import type { Address } from '../actors/runtime/actor.js'
import type { ActorSystem, EffectHandlers } from '../actors/runtime/system.js'
import type { ShardDoorMessage } from '../actors/shardDoor.js'
import { Unavailable } from '../tasks/procedure.js'
import type { Egress } from '../webhooks/egress.js'
import type { createJudging } from './judging.js'
import type { PlaneOptions } from './planeOptions.js'

type Parts = Pick<PlaneOptions, 'ledger' | 'holder' | 'send' | 'close' | 'whenSent' | 'watch'> & {
  readonly runner: ProcedureRunner
  readonly post: Egress['post']
  readonly judge: ReturnType<typeof createJudging>
}

/** What a procedure that could not be carried out just now is told to wait. */
const unavailableRetryMs = 250

export const effectShells = (parts: Parts): EffectHandlers<NodeOwnEffect> => {
  const { ledger, holder, watch, runner } = parts

  const tellDoor = (system: ActorSystem<NodeOwnEffect>, shard: number, message: ShardDoorMessage): void => {
    system.tell(shardDoorAddress(shard), message)
  }

  return {
    send: ({ frame }, self) => parts.send(self, frame),

    close: ({ code, reason }, self) => parts.close(self, code, reason),

    whenSent: (_effect, self, system) => {
      const then = () => void system.tell(self, sent)
      if (parts.whenSent === undefined) then()
      else parts.whenSent(self, then)
    },

    judge: ({ tag, ...asked }, self, system) => {
      parts.judge(asked, (judgement) => {
        const message = { kind: 'judged', tag, ...judgement }
        system.tell(self, message)
      })
    },

    run: ({ tag, procedure }, self, system) => {
      runner.run(procedure, {
        done: (result) => tellRan(system, self, tag, result),
        failed: (why, error) => {
          if (why === 'bug') watch.note('error', `a procedure failed: ${errorText(error)}`, { address: self })
          tellRanNot(system, self, tag, why)
        },
      })
    },

    count: ({ what, n }) => watch.count(what, n),

    dispatched: ({ waitedMs }) => watch.dispatched(waitedMs),

    failNode: ({ failure }) => watch.failed(failure),

    note: ({ level, text, about }) => watch.note(level, text, about),

    passHint: ({ shard, hint }) => ledger.passHint(shard, hint),

    post: ({ tag, outgoing }, self, system) => {
      parts.post(outgoing).then((posted) => {
        const message = { kind: 'posted', tag, posted }
        system.tell(self, message)
      })
    },

    answer: ({ tickets, outcomes }) => runner.answer(tickets, outcomes),

    ledgerCommit: ({ shard, seq, transactions }, _self, system) => {
      const started = performance.now()
      ledger.commit(shard, holder, seq, transactions).then(
        (reply) => {
          watch.committed(transactions.length, performance.now() - started)
          tellDoor(system, shard, { kind: 'committed', seq, reply })
        },
        (error: unknown) => {
          watch.note('warn', `a commit's outcome is unknown: ${errorText(error)}`, { shard, seq })
          tellDoor(system, shard, { kind: 'faulted', seq, why: errorText(error) })
        },
      )
    },

    ledgerClaim: ({ shard, seq, request }, _self, system) => {
      ledger.claim(shard, holder, seq, request).then(
        (reply) => tellDoor(system, shard, { kind: 'claimed', seq, reply }),
        (error: unknown) => {
          watch.note('warn', `a claim's outcome is unknown: ${errorText(error)}`, { shard, seq })
          tellDoor(system, shard, { kind: 'claimFaulted', seq, why: errorText(error) })
        },
      )
    },
  }
}

const sent = { kind: 'sent' }

const tellRan = (system: ActorSystem<NodeOwnEffect>, to: Address, tag: number, result: unknown): void => {
  const message = { kind: 'ran', tag, result }
  system.tell(to, message)
}

const tellRanNot = (system: ActorSystem<NodeOwnEffect>, to: Address, tag: number, why: 'unavailable' | 'bug'): void => {
  const message = { kind: 'ranNot', tag, why, retryAfterMs: unavailableRetryMs }
  system.tell(to, message)
}

export const errorText = (error: unknown): string => {
  if (error instanceof Unavailable) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
