/** Whether what is kept beside the records agrees with them: counters, sets, lanes, and the tally of cards. */
import { expect } from 'vitest'
import { fingerprintOf, tallyKey } from '../../src/review/cardTally.js'
import { cardSet, counterKey, dueSet, lane, taskKey, taskSet } from '../../src/tasks/keys.js'
import { isFinal, isQueued, queueOf, type Task, taskOf } from '../../src/tasks/task.js'
import type { ModelShard } from '../ledger/modelShard.js'
import { tenant, type World } from './world.js'

export function expectBooksBalance({ model }: World): void {
  for (const shard of model.shards) {
    const tasks = [...shard.records].filter(([key]) => key.startsWith('task/')).map(([, fields]) => taskOf(fields))
    expectCounted(shard, tasks)
    expectListed(shard, tasks)
    expectPlaced(shard, tasks)
    expectCards(shard)
  }
}

function expectCounted(shard: ModelShard, tasks: readonly Task[]): void {
  const counted: Record<string, number> = {}
  const count = (name: string) => {
    counted[name] = (counted[name] ?? 0) + 1
  }
  for (const task of tasks) {
    if (isFinal(task)) count(task.status)
    else count('open')
    if (task.status === 'SCHEDULED' || task.status === 'NEEDS_REVIEW') count(task.status)
  }
  const kept = Object.entries(shard.records.get(counterKey(tenant)) ?? {}).filter(([, n]) => n !== 0)
  expect(Object.fromEntries(kept), 'counters').toEqual(counted)
}

/** Each task stands in one set, each set has only tasks that belong there. */
function expectListed(shard: ModelShard, tasks: readonly Task[]): void {
  const listed: string[] = []
  for (const [set, members] of shard.sets) {
    if (!set.startsWith('tasks/')) continue
    for (const id of members.keys()) listed.push(`${set} ${id}`)
  }
  const right = tasks.map((task) => `${taskSet(tenant, isFinal(task) ? task.status : 'open')} ${task.id}`)
  expect(listed.sort(), 'sets of tasks').toEqual(right.sort())
}

/** What waits stands in its lane, what runs is pending there, nothing else is in any; what comes due is in the set. */
function expectPlaced(shard: ModelShard, tasks: readonly Task[]): void {
  const placed: string[] = []
  for (const [name, entries] of shard.lanes) {
    for (const { id, record } of entries.values()) {
      // An entry that its record doesn't name is dropped by the next claim.
      if (shard.records.get(record)?.entry === id) placed.push(`${name} ${record}`)
      else expect(shard.pending(name, id), `entry ${id} of ${record}`).toBeUndefined()
    }
  }
  const right = tasks
    .filter((task) => isQueued(task) || task.status === 'RUNNING')
    .map((task) => `${lane(tenant, queueOf(task), task.priority)} ${taskKey(task.id)}`)
  expect(placed.sort(), 'lanes').toEqual(right.sort())

  const due = shard.sets.get(dueSet)
  for (const task of tasks) {
    if (task.status === 'SCHEDULED') expect(due?.get(task.id), `due of ${task.id}`).toBe(task.dueAt)
    if (isQueued(task) && task.expiresAt !== undefined) expect(due?.get(task.id)).toBe(task.expiresAt)
  }
}

function expectCards(shard: ModelShard): void {
  const waiting: string[] = []
  for (const [key, { id, status }] of shard.records) {
    if (!key.startsWith('card/')) continue
    expect(shard.sets.get(cardSet(tenant, String(status)))?.has(String(id)), `${key} in the set of its status`).toBe(
      true,
    )
    if (status === 'PENDING') waiting.push(String(id))
  }
  for (const [set, members] of shard.sets) {
    if (!set.startsWith('cards/')) continue
    for (const id of members.keys()) expect(shard.records.get(`card/${id}`)?.status).toBe(set.split('/')[2])
  }
  const { cards = 0, fingerprint = 0 } = shard.records.get(tallyKey(tenant)) ?? {}
  const sum = waiting.reduce((total, id) => total + fingerprintOf(id), 0)
  expect({ cards, fingerprint }, 'tally of cards').toEqual({ cards: waiting.length, fingerprint: sum })
}
