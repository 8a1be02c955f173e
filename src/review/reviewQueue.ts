/**
 * The review queue of a tenant: a live view of the cards that wait, in all shards, and the operators who watch it.
 *
 * It has no authority: decisions are committed to the cards. So it may be lost, doubled or behind, and mends itself: it
 * is read from the ledger at the start, follows hints, and each second holds its tally of each shard against the
 * ledger's; where the two stay apart, the shard is read again.
 */
import { type NodeEffect, reply } from '../actors/effects.js'
import type { ActorDefinition } from '../actors/runtime/actor.js'
import { shardOfReview } from './cardReads.js'
import { CardView } from './cardView.js'
import type { QueueRead } from './queueReads.js'
import {
  checkMs,
  expectChange,
  type QueueStep,
  readAgain,
  readNext,
  takeCards,
  takePage,
  takeTallies,
} from './queueUpkeep.js'
import {
  type Counted,
  type Listed,
  type NotYet,
  type Question,
  type ReviewQueueArgs,
  type ReviewQueueMessage,
  type ReviewQueueState,
  renewMs,
  type Totalled,
} from './reviewQueueState.js'

/** Questions that may wait for the first reading, which takes seconds at most. */
const maxQuestions = 1_024
const notYet: NotYet = { kind: 'notYet', retryAfterMs: 500 }
const shortestPauseMs = 50

export const reviewQueue: ActorDefinition<ReviewQueueState, ReviewQueueMessage, NodeEffect, ReviewQueueArgs> = {
  name: 'reviewQueue',
  supervision: 'restart',
  mailbox: { work: 16_384, control: 64 },
  control: ['ran', 'ranNot', 'woke'],

  start: ({ tenant, shards }, _self, now) => {
    const [queue, ...effects] = readNext({
      tenant,
      shards,
      view: new CardView(shards, (review) => shardOfReview(review, shards)),
      subscriptions: new Map(),
      changed: new Set(),
      rifts: new Map(),
      toScan: Array.from({ length: shards }, (_, shard) => shard),
      scan: null,
      isPageNext: false,
      isWhole: false,
      isCheckDue: false,
      questions: [],
      reading: { kind: 'nothing' },
      tag: now,
    })
    return [queue, ...effects, { kind: 'wake', key: 'check', at: now + checkMs }]
  },

  on: {
    hinted: (queue, { review }) => readNext(expectChange(queue, review)),

    list: (queue, question, now) => answerOrKeep(queue, question, now),

    total: (queue, question, now) => answerOrKeep(queue, question, now),

    count: (queue, question, now) => answerOrKeep(queue, question, now),

    subscribe: (queue, { subscriber, filter }, now) => {
      queue.subscriptions.set(subscriber, { filter, until: now + 3 * renewMs })
      return [queue]
    },

    unsubscribe: (queue, { subscriber }) => {
      queue.subscriptions.delete(subscriber)
      return [queue]
    },

    ran: (queue, { tag, result }, now) => {
      if (tag !== queue.tag) return [queue]
      return take({ ...queue, reading: { kind: 'nothing' } }, result as QueueRead, now)
    },

    ranNot: (queue, { tag, retryAfterMs }, now) => {
      if (tag !== queue.tag) return [queue]
      const at = now + Math.max(retryAfterMs, shortestPauseMs)
      return [readAgain(queue), { kind: 'wake', key: 'again', at }]
    },

    woke: (queue, { key }) =>
      readNext(key === 'again' ? { ...queue, reading: { kind: 'nothing' } } : { ...queue, isCheckDue: true }),
  },
}

const take = (queue: ReviewQueueState, read: QueueRead, now: number): QueueStep => {
  switch (read.kind) {
    case 'cards': {
      const told = takeCards(queue, read, now)
      const [next, ...effects] = readNext(queue)
      return [next, ...told, ...effects]
    }
    case 'page': {
      const [next, ...effects] = readNext(takePage(queue, read))
      if (!next.isWhole || next.questions.length === 0) return [next, ...effects]
      const answers = next.questions.map((question) => answer(next, question, now))
      return [{ ...next, questions: [] }, ...answers, ...effects]
    }
    case 'tallies': {
      const [next, ...effects] = readNext(takeTallies(queue, read.tallies))
      return [next, { kind: 'wake', key: 'check', at: now + checkMs }, ...effects]
    }
  }
}

const answerOrKeep = (queue: ReviewQueueState, question: Question, now: number): QueueStep => {
  if (queue.isWhole) return [queue, answer(queue, question, now)]
  if (queue.questions.length >= maxQuestions) return [queue, reply<NotYet>(question.from, notYet)]
  return [{ ...queue, questions: [...queue.questions, question] }]
}

const answer = ({ view }: ReviewQueueState, question: Question, now: number): NodeEffect => {
  switch (question.kind) {
    case 'list': {
      const { from, filter, after, limit } = question
      return reply<Listed>(from, { kind: 'listed', ...view.page(filter, after, limit) })
    }
    case 'total': {
      const { from, filter, after } = question
      return reply<Totalled>(from, { kind: 'totalled', ...view.total(filter, after) })
    }
    case 'count':
      return reply<Counted>(question.from, { kind: 'counted', counts: view.counts(now) })
  }
}
