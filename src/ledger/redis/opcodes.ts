/**
 * What stands in a commit's plan: a number, then what `lua/tests.lua` and `lua/writes.lua` say belongs to it. The
 * library of functions gets this table as `op`.
 */
export const opcodes = {
  absent: 1,
  fields: 2,
  holds: 3,
  pending: 4,
  epoch: 5,
  atMost: 6,
  /** The rest of the transaction was found invalid before it was sent. */
  invalid: 7,
  /** Tests of what writes need. */
  exists: 8,
  known: 9,
  sum: 10,
  settles: 11,
  adopts: 12,
  withdraws: 13,
  raises: 14,
  retires: 15,
  set: 20,
  unset: 21,
  keep: 22,
  drop: 23,
  enqueue: 24,
  append: 25,
  trim: 26,
  settle: 27,
  withdraw: 28,
  adopt: 29,
  index: 30,
  unindex: 31,
  raise: 32,
  bury: 33,
  retire: 34,
  hint: 35,
} as const
